#include "engine/ProjectLocations.h"
#include "clang/AST/Decl.h"

using namespace llvm;

namespace torchtidy {

bool ProjectLocations::operator()(clang::SourceLocation Loc) {
  clang::FileID ID = SM.getFileID(SM.getExpansionLoc(Loc));
  auto [It, New] = Known.try_emplace(ID, false);
  if (New)
    if (auto File = SM.getFileEntryRefForID(ID))
      It->second = Scope.isProject(File->getName(), Directory);
  return It->second;
}

static bool isInstantiation(const clang::Decl *D) {
  if (const auto *F = dyn_cast<clang::FunctionDecl>(D))
    return F->getTemplateSpecializationKind() == clang::TSK_ImplicitInstantiation;
  if (const auto *V = dyn_cast<clang::VarDecl>(D))
    return V->getTemplateSpecializationKind() == clang::TSK_ImplicitInstantiation;
  return false;
}

bool ProjectLocations::isTopLevel(const clang::Decl *D) {
  return D->getLexicalDeclContext()->isTranslationUnit() && !isInstantiation(D) &&
         (*this)(D->getBeginLoc());
}

} // namespace torchtidy
