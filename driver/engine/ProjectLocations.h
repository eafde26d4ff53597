// Tells, file by file, whether a location is spelled in the project.
#ifndef TORCHTIDY_DRIVER_ENGINE_PROJECTLOCATIONS_H
#define TORCHTIDY_DRIVER_ENGINE_PROJECTLOCATIONS_H

#include "engine/ProjectScope.h"
#include "clang/AST/DeclBase.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseMap.h"
#include <string>

namespace torchtidy {

class ProjectLocations {
public:
  // Scope must live as long.
  ProjectLocations(const clang::SourceManager &SM, const ProjectScope &Scope,
                   llvm::StringRef Directory)
      : SM(SM), Scope(Scope), Directory(Directory) {}

  bool operator()(clang::SourceLocation Loc);

  // A declaration at the top of one of the project's files. Sema hands instantiated functions to
  // consumers as well; they are reached through their templates.
  bool isTopLevel(const clang::Decl *D);

private:
  const clang::SourceManager &SM;
  const ProjectScope &Scope;
  std::string Directory;
  llvm::DenseMap<clang::FileID, bool> Known;
};

} // namespace torchtidy

#endif
