// Precompiled headers of heavy external headers, made with function bodies skipped and kept in the
// cache directory under a key of everything that they depend on.
#ifndef TORCHTIDY_DRIVER_ENGINE_PREAMBLE_H
#define TORCHTIDY_DRIVER_ENGINE_PREAMBLE_H

#include "LLVMCompat.h"
#include "engine/Scan.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include <string>

namespace torchtidy {

struct PreambleRequest {
  std::shared_ptr<clang::CompilerInvocation> Invocation; // of a unit that will use it
  std::string Directory;
  std::vector<HeavyHeader> Headers;
};

class PreambleStore {
public:
  explicit PreambleStore(std::string CacheDir) : CacheDir(std::move(CacheDir)) {}

  // What Request depends on, other than the content of headers.
  static std::string key(const PreambleRequest &Request);

  // The path of a valid precompiled header, if there is one. Validity is looked into once a run.
  std::string find(llvm::StringRef Key) const;

  // Where the precompiled header of that key is or would be.
  std::string pathOf(llvm::StringRef Key) const;

  // Makes it; waits for another process that is making the same one. Fails when the headers do not
  // compile by themselves or the disk is full or read-only.
  llvm::Expected<std::string> build(const PreambleRequest &Request, llvm::StringRef Key) const;

private:
  std::string directory(llvm::StringRef Key) const;
  bool isValid(llvm::StringRef Key) const;

  std::string CacheDir;
  mutable llvm::StringMap<bool> Valid;
};

struct CacheUsage {
  size_t Preambles = 0;
  uint64_t Bytes = 0;
};
CacheUsage preambleUsage(llvm::StringRef CacheDir);

// Removes preambles, the least recently used first, until the rest takes at most Limit bytes.
// Those that another process is making stay. Returns how many went.
size_t prunePreambles(llvm::StringRef CacheDir, uint64_t Limit, const llvm::StringSet<> &InUse);

// Where preambles and results are kept unless told otherwise.
std::string defaultCacheDirectory();

} // namespace torchtidy

#endif
