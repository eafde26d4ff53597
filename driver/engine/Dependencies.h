// Notes down what a result depends on, and tells later whether that still holds.
#ifndef TORCHTIDY_DRIVER_ENGINE_DEPENDENCIES_H
#define TORCHTIDY_DRIVER_ENGINE_DEPENDENCIES_H

#include "engine/ProjectScope.h"
#include "engine/UnitResult.h"
#include "llvm/ADT/StringMap.h"
#include <set>

namespace clang {
class SourceManager;
} // namespace clang

namespace torchtidy {

// Every file whose text the parse used, by the text that it used, and the project's directories
// that were searched for headers, by the names of the headers there.
// Headers: those of the preamble that the unit includes.
std::vector<Dependency> collectDependencies(clang::SourceManager &SM,
                                            const clang::HeaderSearchOptions &Search,
                                            llvm::ArrayRef<HeavyHeader> Headers,
                                            const ProjectScope &Scope, llvm::StringRef Directory);

// A file's dependency as it is on the disk now; Digest empty if it cannot be read. Name is absolute
// and may have ".." in it.
Dependency describeFile(llvm::StringRef Name);
// The same for a directory, by the names of the headers in it.
Dependency describeDirectory(llvm::StringRef Name);

// That there is no such file.
Dependency describeAbsence(llvm::StringRef Name);

// For a dependency with that name.
Dependency dependencyOn(llvm::StringRef Name);

// Whether the file that was found is another one where the project has another root: its name goes
// through the root by "..".
bool dependsOnPlace(const Dependency &D, llvm::StringRef Root);

// Dirs and those directories below them in which a file could appear that would be found in place
// of one of Files, which were found through SearchPath. A directory that is not there yet shows in
// the names of the one above it.
std::set<std::string> watchedDirectories(std::set<std::string> Dirs,
                                         llvm::ArrayRef<std::string> Files,
                                         llvm::ArrayRef<std::string> SearchPath);

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
