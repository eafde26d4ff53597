#include "ModuleCheck.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace torchtidy {

namespace {
// class X : public torch::nn::Module / Cloneable<X> { .. } with a body, not LibTorch's own.
AST_MATCHER(CXXRecordDecl, isProjectModule) {
  if (!Node.isThisDeclarationADefinition() || Node.isDependentContext() || Node.isLambda() ||
      !isModuleClass(&Node))
    return false;
  const SourceManager &SM = Finder->getASTContext().getSourceManager();
  return !isLibTorchDecl(&Node) || SM.isInMainFile(SM.getExpansionLoc(Node.getLocation()));
}
} // namespace

void ModuleCheck::registerMatchers(MatchFinder *Finder) {
  Finder->addMatcher(cxxRecordDecl(isProjectModule()).bind("class"), this);
}

void ModuleCheck::check(const MatchFinder::MatchResult &Result) {
  if (!Model)
    Model = ModuleModel::get(*Result.Context);
  checkClass(Result.Nodes.getNodeAs<CXXRecordDecl>("class"), *Model);
}

void ModuleCheck::onEndOfTranslationUnit() {
  Model.reset();
  Seen.clear();
}

bool isEditable(SourceRange Range, const SourceManager &) {
  return Range.isValid() && !Range.getBegin().isMacroID() && !Range.getEnd().isMacroID();
}

bool isEditable(const Stmt *S, const SourceManager &SM) {
  return S && isEditable(S->getSourceRange(), SM);
}

} // namespace torchtidy
