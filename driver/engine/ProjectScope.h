// Which files belong to the project and which are external: the system's, LibTorch's, another
// library's. External headers are shared between units and never reported on.
#ifndef TORCHTIDY_DRIVER_ENGINE_PROJECTSCOPE_H
#define TORCHTIDY_DRIVER_ENGINE_PROJECTSCOPE_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace clang {
class HeaderSearchOptions;
} // namespace clang

namespace torchtidy {

class ProjectScope {
public:
  // Roots: directories that hold the project's sources.
  explicit ProjectScope(std::vector<std::string> Roots) : Roots(std::move(Roots)) {}

  // Adds the include directories that a unit searches as system directories or that hold LibTorch:
  // what lies below them is external even inside a root.
  void addSearchPaths(const clang::HeaderSearchOptions &Options, llvm::StringRef Directory);

  // Path may be relative to Directory.
  bool isProject(llvm::StringRef Path, llvm::StringRef Directory) const;

  // Takes the project's own directories out of the search path, if nothing in them could be found
  // in place of an external header. External headers then mean the same for units that differ in
  // those directories only.
  void dropProjectSearchPaths(clang::HeaderSearchOptions &Options, llvm::StringRef Directory) const;

private:
  std::vector<std::string> Roots;
  std::vector<std::string> ExternalDirs;
  mutable llvm::StringMap<bool> Known;
};

// The directory that holds the whole project which File belongs to: its version control root, else
// the directory above a build directory, else where the user stands if that is above it, else its
// own directory.
std::string findProjectRoot(llvm::StringRef File, llvm::StringRef DatabaseDirectory);

} // namespace torchtidy

#endif
