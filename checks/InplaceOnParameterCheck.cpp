#include "InplaceOnParameterCheck.h"
#include "model/facts/GradMode.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/SourceText.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

void InplaceOnParameterCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  std::vector<Change> Changes;
  forEachTensorUse(Function, [&](const TensorUse &Use, const UseContext &Where) {
    if (Use.Kind != UseKind::InPlace)
      return;
    // The first of a chain w.mul_(2).add_(1) stands for all.
    if (const auto *Inner = dyn_cast<CXXMemberCallExpr>(Use.Operand);
        Inner && operationOf(Inner).isInPlace())
      return;
    const Expr *Root = stripViews(Use.Operand);
    if (!isa<MemberExpr, DeclRefExpr, CallExpr, UnaryOperator>(Root) ||
        isUnderNoGrad(Use.Call, Where.AllParents))
      return;
    const ProjectIndex &Index = index(Context);
    ParameterSource Source = parameterSource(Root, Index);
    if (Source.What == ParameterSource::None || isFrozen(Source, Index) ||
        !registeredBefore(Source, Use, Where, facts(Context)) || !runsWithGrad(Function, Index))
      return;
    Changes.push_back({Source, Root, Use.Name, wrappableStatement(Use.Call, Where)});
  });
  if (!Changes.empty())
    report(Changes, Context);
}

// A member is a parameter only from its registration on, and no longer once it
// is rebound.
bool InplaceOnParameterCheck::registeredBefore(const ParameterSource &Source, const TensorUse &Use,
                                               const UseContext &Where, TorchFacts &Facts) {
  if (Source.What != ParameterSource::Member)
    return true;
  auto Registers = [&](const Stmt *S) {
    const auto *Call = dyn_cast<CallExpr>(S);
    if (registrationKind(calleeName(Call)) != RegistrationKind::Parameter)
      return false;
    if (Call->getNumArgs() >= 2 && namedDecl(Call->getArg(1)) == Source.Decl)
      return true;
    return llvm::any_of(Facts.index().valuesOf(Source.Decl),
                        [&](const Expr *Value) { return Value && stripValue(Value) == Call; });
  };
  auto OnStatement = [&](const Stmt *S) {
    if (Registers(S))
      return Effect::Establishes;
    auto Assign = asPlainAssignment(S);
    if (Assign && namedDecl(Assign->Target) == Source.Decl)
      return Registers(stripValue(Assign->Value)) ? Effect::Establishes : Effect::Destroys;
    return Effect::None;
  };
  bool RegistersHere = false;
  forEachCall(Where.Frames.front().Function,
              [&](const CallExpr *Call, const UseContext &) { RegistersHere |= Registers(Call); });
  PathGuards::Answer Answer = Facts.guards().holdsAt(
      Where.Frames.back().Function, Use.Call, [](const Expr *, bool) { return false; },
      OnStatement);
  if (Answer.Holds)
    return RegistersHere;
  return !Answer.Destroyer && (!RegistersHere || Where.Frames.size() > 1);
}

// The first one throws: what else a function changes without a guard is the
// same mistake.
void InplaceOnParameterCheck::report(llvm::ArrayRef<Change> Changes, ASTContext &Context) {
  const Change &First = Changes.front();
  {
    DiagnosticBuilder Builder =
        diag(First.Root->getBeginLoc(),
             "'%0' changes parameter '%1' in place while gradients are "
             "recorded, which throws: a "
             "leaf that requires grad may only be changed under a NoGradGuard")
        << First.Name << sourceText(First.Root, Context, "parameter");
    llvm::SmallPtrSet<const Expr *, 4> Wrapped;
    for (const Change &One : Changes) {
      if (!isEditable(One.Statement) || !Wrapped.insert(One.Statement).second)
        continue;
      SourceLocation End = Lexer::findLocationAfterToken(
          One.Statement->getEndLoc(), tok::semi, Context.getSourceManager(), Context.getLangOpts(),
          /*SkipTrailingWhitespaceAndNewLine=*/false);
      if (End.isValid())
        Builder << FixItHint::CreateInsertion(One.Statement->getBeginLoc(),
                                              "{ torch::NoGradGuard no_grad; ")
                << FixItHint::CreateInsertion(End, " }");
    }
  }
  if (First.Source.What == ParameterSource::Member)
    diag(First.Source.Evidence->getBeginLoc(), "registered here, which sets requires_grad",
         DiagnosticIDs::Note);
  else if (First.Source.What == ParameterSource::Element)
    diag(First.Source.Evidence->getBeginLoc(), "the parameters come from here",
         DiagnosticIDs::Note);
  for (const Change &Other : Changes.drop_front())
    diag(Other.Root->getBeginLoc(), "'%0' changes '%1' here, too", DiagnosticIDs::Note)
        << Other.Name << sourceText(Other.Root, Context, "a parameter");
}

} // namespace torchtidy
