// Precompiled headers of heavy external headers, made with function bodies skipped and kept in the
// cache directory under a key of everything that they depend on.
#ifndef TORCHTIDY_DRIVER_ENGINE_PREAMBLE_H
#define TORCHTIDY_DRIVER_ENGINE_PREAMBLE_H

#include "LLVMCompat.h"
#include "engine/Scan.h"
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

  // The path of a valid precompiled header, if there is one.
  std::string find(llvm::StringRef Key) const;

  // Makes it; waits for another process that is making the same one. Fails when the headers do not
  // compile by themselves or the disk is full or read-only.
  llvm::Expected<std::string> build(const PreambleRequest &Request, llvm::StringRef Key) const;

private:
  std::string directory(llvm::StringRef Key) const;

  std::string CacheDir;
};

// Where preambles and results are kept unless told otherwise.
std::string defaultCacheDirectory();

} // namespace torchtidy

#endif
