// Precompiled headers of heavy external headers, made with function bodies skipped and kept in the
// cache directory under a key of everything that they depend on.
#ifndef TORCHTIDY_DRIVER_ENGINE_PREAMBLE_H
#define TORCHTIDY_DRIVER_ENGINE_PREAMBLE_H

#include "engine/UnitResult.h"
#include "support/LLVMCompat.h"
#include "clang/Basic/IdentifierTable.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <set>
#include <string>

namespace torchtidy {

struct PreambleRequest {
  std::shared_ptr<clang::CompilerInvocation> Invocation; // of a unit that will use it
  std::string Directory;
  std::vector<HeavyHeader> Headers;
  std::set<std::string> ProjectDirs; // of the search path, where nearer headers may appear
};

// The headers that went into a preamble, the system's too, and the project's directories that were
// searched for them.
struct PreambleHeaders {
  std::vector<Dependency> Files;
  std::string Content; // the digest of their names and content
};

// The identifiers that a preamble's headers mention, those that skipped bodies mention too: a macro
// of another name means nothing to them.
class HeaderIdentifiers {
public:
  // All, where it is not known.
  HeaderIdentifiers() = default;
  explicit HeaderIdentifiers(std::shared_ptr<llvm::MemoryBuffer> Sorted)
      : Sorted(std::move(Sorted)) {}

  bool contains(llvm::StringRef Name) const;

  // What a buffer holds: the sorted digests of Names.
  static std::string encode(const clang::IdentifierTable &Names);

private:
  std::shared_ptr<llvm::MemoryBuffer> Sorted;
};

class PreambleStore {
public:
  explicit PreambleStore(std::string CacheDir) : CacheDir(std::move(CacheDir)) {}

  // What Request depends on, other than the content of headers.
  static std::string key(const PreambleRequest &Request);

  // The path of a valid precompiled header, if there is one. Validity is looked into once a run.
  std::string find(llvm::StringRef Key) const;

  // The headers of that preamble, if they are as they were; null if not. The precompiled header
  // itself need not be there.
  const PreambleHeaders *headers(llvm::StringRef Key) const;

  // Notes down headers whose precompiled form is on another machine. The key to find them by, empty
  // if that cannot be written.
  std::string adopt(const PreambleHeaders &Headers) const;

  // What the headers of that preamble mention.
  HeaderIdentifiers identifiers(llvm::StringRef Key) const;

  // Where the precompiled header of that key is or would be.
  std::string pathOf(llvm::StringRef Key) const;

  // Makes it; waits for another process that is making the same one. Fails when the headers do not
  // compile by themselves or the disk is full or read-only.
  llvm::Expected<std::string> build(const PreambleRequest &Request, llvm::StringRef Key) const;

private:
  std::string directory(llvm::StringRef Key) const;

  std::string CacheDir;
  mutable llvm::StringMap<PreambleHeaders> Valid;
};

PreambleHeaders describePreamble(std::vector<Dependency> Files);

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
