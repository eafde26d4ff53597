#include "StaleRegistrationCheck.h"
#include "model/facts/CompileErrors.h"
#include "model/facts/GradMode.h"
#include "model/syntax/SourceText.h"
#include "model/tensors/CopyFixes.h"
#include "model/tensors/Rebindings.h"
#include "model/torch/LayerKeys.h"

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
  const FieldDecl *Field = reboundLayerTensor(Assign, facts(Context).index(), Context);
  if (Field) {
    if (!firstTime(Target->getBeginLoc()))
      return;
    diag(
        Target->getBeginLoc(),
        "assigning to %0 of a registered layer rebinds the member: "
        "%select{parameters(), save() and the optimizer|buffers() and save()}1 keep the old tensor")
        << Field << isBufferOfLayers(nameOf(Field));
  } else if (!isa<MemberExpr>(Target) && rebindsHandle(Assign, Context)) {
    if (!firstTime(Assign->getBeginLoc()))
      return;
    diag(Assign->getBeginLoc(), "assigning to an element of parameters() rebinds a local handle: "
                                "the module's tensor does not change");
  } else {
    return;
  }
  Rewrite Fix;
  addRewrite(Target, Assign->getArg(1), Field, Context, Fix);
  suggest(Fix);
}

void StaleRegistrationCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  // A member that is rebound in several places is one mistake.
  llvm::MapVector<const FieldDecl *, llvm::SmallVector<const Registrations::Store *, 2>> Places;
  const std::vector<Rebinding> Found = staleRebindings(Class, Model);
  for (const Rebinding &One : Found)
    if (firstTime(One.Store.Target->getBeginLoc()))
      Places[One.Field].push_back(&One.Store);
  for (auto &[Field, Stores] : Places) {
    diag(Stores.front()->Target->getBeginLoc(),
         "%0 is registered and rebound here: %select{save() and to()|save(), to() and the "
         "optimizer}1 keep the old tensor, which no longer changes")
        << Field << Model.registrations().isParameter(Field);
    Rewrite Fix;
    for (const Registrations::Store *Store : Stores)
      addRewrite(Store->Target, Store->Value, Field, Model.context(), Fix);
    suggest(Fix);
    for (const Registrations::Store *Store : llvm::ArrayRef(Stores).drop_front())
      diag(Store->Target->getBeginLoc(), "rebound here, too", DiagnosticIDs::Note);
  }
}

// x = e;  →  { torch::NoGradGuard no_grad; x.copy_(e); }, or x.set_data(e);
void StaleRegistrationCheck::addRewrite(const Expr *Target, const Expr *Value,
                                        const FieldDecl *Field, ASTContext &Context, Rewrite &Fix) {
  const SourceManager &SM = Context.getSourceManager();
  if (!Target || !isEditable(Target) || !isEditable(Value))
    return;
  CopyFix Kind = copyFixFor(Target, Value, Field, facts(Context).registrations());
  SourceLocation Semicolon = Lexer::findLocationAfterToken(Value->getEndLoc(), tok::semi, SM,
                                                           Context.getLangOpts(), false);
  if (Kind == CopyFix::None || Semicolon.isInvalid())
    return;
  bool Copies = Kind == CopyFix::Copy;
  bool NeedsGuard = Copies && !isUnderNoGrad(Target, Context);
  const auto *Assign = enclosing<CXXOperatorCallExpr>(Target, Context);
  if (NeedsGuard && !(Assign && isStatement(Assign, Context)))
    return;
  Fix.Where = Fix.Where.isValid() ? Fix.Where : Target->getBeginLoc();
  Fix.Sets |= !Copies;
  if (NeedsGuard) {
    Fix.Hints.push_back(
        FixItHint::CreateInsertion(Target->getBeginLoc(), "{ torch::NoGradGuard no_grad; "));
    Fix.Hints.push_back(FixItHint::CreateInsertion(Semicolon, " }"));
  }
  SourceLocation End = endOfToken(Target->getEndLoc(), Context);
  Fix.Hints.push_back(FixItHint::CreateReplacement(
      CharSourceRange::getCharRange(End, Value->getBeginLoc()), Copies ? ".copy_(" : ".set_data("));
  Fix.Hints.push_back(FixItHint::CreateInsertion(endOfToken(Value->getEndLoc(), Context), ")"));
}

void StaleRegistrationCheck::suggest(const Rewrite &Fix) {
  if (Fix.Hints.empty())
    return;
  auto Note = diag(Fix.Where,
                   "%select{copy into the registered tensor under a NoGradGuard|give the "
                   "registered tensor the new data with set_data, since the shape may "
                   "change}0; "
                   "apply with --unsafe-fixes",
                   DiagnosticIDs::Note);
  Note << Fix.Sets;
  for (const FixItHint &Hint : Fix.Hints)
    Note << Hint;
}

} // namespace torchtidy
