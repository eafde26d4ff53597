// What was asked about a unit, as the key under which its result is remembered.
#ifndef TORCHTIDY_DRIVER_CACHE_RESULTKEYS_H
#define TORCHTIDY_DRIVER_CACHE_RESULTKEYS_H

#include "cache/RemoteCache.h"
#include "engine/Runner.h"

namespace torchtidy {

class ResultKeys {
public:
  // All must outlive the object.
  ResultKeys(const RunnerOptions &Run, clang::tidy::ClangTidyOptionsProvider &Provider,
             llvm::StringRef DatabaseDirectory)
      : Run(Run), Provider(Provider), DatabaseDirectory(DatabaseDirectory) {}

  // Good on this machine: it knows the program by its file's time.
  std::string local(const Unit &U) const;

  // To be called before shared. Fails where this program cannot be told from another build of it.
  llvm::Error identify();

  // Good on every machine with the same program, libraries and compiler directories, and, where
  // nothing looks at absolute paths, for every checkout of the project.
  CacheKey shared(const Unit &U) const;

private:
  std::string keyText(const Unit &U, llvm::StringRef Root) const;

  const RunnerOptions &Run;
  clang::tidy::ClangTidyOptionsProvider &Provider;
  llvm::StringRef DatabaseDirectory;
  std::string SharedIdentity;
};

} // namespace torchtidy

#endif
