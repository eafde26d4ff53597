#include "ModuleCheck.h"
#include "model/facts/CompileErrors.h"

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
  // A specialisation stands where it is asked for, its code where the template does.
  const CXXRecordDecl *Template = Node.getTemplateInstantiationPattern();
  SourceLocation Written = (Template ? Template : &Node)->getLocation();
  return !isLibTorchDecl(&Node) || SM.isInMainFile(SM.getExpansionLoc(Written));
}

// XImpl::XImpl(..) { .. } outside the class.
AST_MATCHER(CXXMethodDecl, isDefinedOutsideItsClass) {
  return Node.isThisDeclarationADefinition() &&
         Node.getLexicalDeclContext() != Node.getDeclContext();
}
} // namespace

void ModuleCheck::registerMatchers(MatchFinder *Finder) {
  auto Class = cxxRecordDecl(isProjectModule()).bind("class");
  Finder->addMatcher(Class, this);
  // Clangd shows matchers the open file only: a class of a header is reached through its members.
  Finder->addMatcher(cxxMethodDecl(isDefinedOutsideItsClass(), ofClass(Class)), this);
}

void ModuleCheck::check(const MatchFinder::MatchResult &Result) {
  const auto *Class = Result.Nodes.getNodeAs<CXXRecordDecl>("class");
  if (Checked.insert(Class).second && !isIncomplete(Class, *Result.Context))
    checkClass(Class, facts(*Result.Context).modules());
}

void ModuleCheck::offerRegistration(const FieldDecl *Field, const RegistrationFix &Fix) {
  if (!Fix)
    return;
  auto Note = diag(Field->getLocation(),
                   "register it as '%0': archives of %1 written before lack it, and load() throws "
                   "on them; apply with --unsafe-fixes",
                   DiagnosticIDs::Note)
              << Fix.Name << cast<CXXRecordDecl>(Field->getParent());
  for (const FixItHint &Edit : Fix.Edits)
    Note << Edit;
}

void ModuleCheck::onEndOfTranslationUnit() {
  TorchCheck::onEndOfTranslationUnit();
  Checked.clear();
}

} // namespace torchtidy
