#include "StaleRegistrationCheck.h"
#include "model/facts/CompileErrors.h"
#include "model/facts/GradMode.h"
#include "model/syntax/SourceText.h"
#include "model/tensors/Rebindings.h"

using namespace clang;
using namespace clang::ast_matchers;

namespace torchtidy {

void StaleRegistrationCheck::registerMatchers(MatchFinder *Finder) {
  ModuleCheck::registerMatchers(Finder);
  // layer->weight = e; params[i] = e; on tensors, anywhere
  Finder->addMatcher(
      cxxOperatorCallExpr(
          hasOverloadedOperatorName("="), argumentCountIs(2), unless(isExpansionInSystemHeader()),
          callee(cxxMethodDecl(ofClass(hasAnyName("::at::Tensor", "::at::TensorBase")))))
          .bind("assign"),
      this);
}

void StaleRegistrationCheck::check(const MatchFinder::MatchResult &Result) {
  const auto *Assign = Result.Nodes.getNodeAs<CXXOperatorCallExpr>("assign");
  if (!Assign)
    return ModuleCheck::check(Result);
  const auto *Operator = dyn_cast_or_null<CXXMethodDecl>(Assign->getDirectCallee());
  if (!Operator || Operator->getRefQualifier() == RQ_RValue ||
      asRegistration(stripValue(Assign->getArg(1))) ||
      isInIncompleteFunction(Assign, *Result.Context))
    return;
  ASTContext &Context = *Result.Context;
  const Expr *Target = stripValue(Assign->getArg(0));
  if (const FieldDecl *Field = reboundLayerTensor(Assign, Context)) {
    if (!firstTime(Target->getBeginLoc()))
      return;
    diag(Target->getBeginLoc(), "assigning to %0 of a registered layer rebinds the member: "
                                "parameters(), save() and the optimizer keep the old tensor")
        << Field;
  } else if (!isa<MemberExpr>(Target) && rebindsHandle(Assign, Context)) {
    if (!firstTime(Assign->getBeginLoc()))
      return;
    diag(Assign->getBeginLoc(), "assigning to an element of parameters() rebinds a local handle: "
                                "the module's tensor does not change");
  } else {
    return;
  }
  suggestCopy(Target, Assign->getArg(1), Context);
}

void StaleRegistrationCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  for (const Rebinding &Found : staleRebindings(Class, Model)) {
    const Expr *Target = Found.Store.Target;
    if (!firstTime(Target->getBeginLoc()))
      continue;
    diag(Target->getBeginLoc(), "%0 is registered and rebound here: save(), to() and the "
                                "optimizer keep the old tensor, which no longer changes")
        << Found.Field;
    suggestCopy(Target, Found.Store.Value, Model.context());
  }
}

// x = e;  →  { torch::NoGradGuard no_grad; x.copy_(e); }
void StaleRegistrationCheck::suggestCopy(const Expr *Target, const Expr *Value,
                                         ASTContext &Context) {
  const SourceManager &SM = Context.getSourceManager();
  if (!Target || !isEditable(Target) || !isEditable(Value))
    return;
  SourceLocation Semicolon = Lexer::findLocationAfterToken(Value->getEndLoc(), tok::semi, SM,
                                                           Context.getLangOpts(), false);
  if (Semicolon.isInvalid())
    return;
  bool NeedsGuard = !isUnderNoGrad(Target, Context);
  const auto *Assign = enclosing<CXXOperatorCallExpr>(Target, Context);
  if (NeedsGuard && !(Assign && isStatement(Assign, Context)))
    return;
  SourceLocation End = endOfToken(Target->getEndLoc(), Context);
  auto Note = diag(Target->getBeginLoc(),
                   "copy into the registered tensor under a NoGradGuard; apply with --unsafe-fixes",
                   DiagnosticIDs::Note);
  if (NeedsGuard)
    Note << FixItHint::CreateInsertion(Target->getBeginLoc(), "{ torch::NoGradGuard no_grad; ")
         << FixItHint::CreateInsertion(Semicolon, " }");
  Note << FixItHint::CreateReplacement(CharSourceRange::getCharRange(End, Value->getBeginLoc()),
                                       ".copy_(")
       << FixItHint::CreateInsertion(endOfToken(Value->getEndLoc(), Context), ")");
}

} // namespace torchtidy
