// Notes down what a result depends on, and tells later whether that still holds.
#ifndef TORCHTIDY_DRIVER_ENGINE_DEPENDENCIES_H
#define TORCHTIDY_DRIVER_ENGINE_DEPENDENCIES_H

#include "engine/ProjectScope.h"
#include "engine/UnitResult.h"
#include "llvm/ADT/StringMap.h"

namespace clang {
class SourceManager;
}

namespace torchtidy {

std::string hexDigest(llvm::StringRef Data);

// Every file whose text the parse used, by the text that it used, and the project's directories
// that were searched for headers, by the names of the headers there.
std::vector<Dependency> collectDependencies(clang::SourceManager &SM,
                                            const clang::HeaderSearchOptions &Search,
                                            const ProjectScope &Scope, llvm::StringRef Directory);

// A file's dependency as it is on the disk now; Digest empty if it cannot be read.
Dependency describeFile(llvm::StringRef Path);
// The same for a directory, by the names of the headers in it.
Dependency describeDirectory(llvm::StringRef Path);

// Answers from memory for a path seen before: units share most of their headers.
class DependencyChecker {
public:
  bool holds(const Dependency &D);

private:
  bool compute(const Dependency &D);
  llvm::StringMap<bool> Known;
};

} // namespace torchtidy

#endif
