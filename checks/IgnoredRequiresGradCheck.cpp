#include "IgnoredRequiresGradCheck.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/Constants.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// A function of at::, or a member like new_zeros, that makes a tensor from options.
bool isPlainFactory(const CallExpr *Call) {
  Operation Called = operationOf(Call);
  const FunctionDecl *Callee = Call->getDirectCallee();
  if (!Called.has(Creates) || Called.Gives == ResultKind::MayView)
    return false;
  const auto *Space = dyn_cast<NamespaceDecl>(Callee->getDeclContext());
  return Space ? nameOf(Space) == "at" : isa<CXXMemberCallExpr>(Call);
}

// `at::zeros(…).requires_grad_()`, and a variable of which that is asked afterwards.
bool isSetLater(const CallExpr *Call, ASTContext &Context) {
  const VarDecl *Variable = nullptr;
  bool IsSet = false;
  walkUp(Call, Context, [&](const DynTypedNode &Above) {
    if (const auto *Outer = Above.get<CallExpr>())
      IsSet |= operationOf(Outer).setsRequiresGrad();
    if (const auto *Declared = Above.get<VarDecl>())
      Variable = Declared;
    auto Assign = asPlainAssignment(Above.get<Stmt>());
    if (Assign)
      Variable = namedVariable(Assign->Target);
    return !IsSet && !Variable && Above.get<Expr>();
  });
  const FunctionDecl *Function = functionAround(Call, Context);
  return IsSet ||
         (Variable && Function &&
          anyDescendant<CallExpr>(Function->getBody(), [&](const CallExpr *Later) {
            return operationOf(Later).setsRequiresGrad() && namedDecl(objectOf(Later)) == Variable;
          }));
}

// Those that check their options throw instead.
bool refuses(const Operation &Called) {
  return Called.is(Op::empty) || Called.is(Op::tensor) || nameOf(Called.Name).ends_with("_like");
}

} // namespace

void IgnoredRequiresGradCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachCall(Function, [&](const CallExpr *Call, const UseContext &) {
    if (!isPlainFactory(Call))
      return;
    for (const Expr *Argument : writtenArguments(Call)) {
      if (!isTensorOptions(Argument->getType()))
        continue;
      const CallExpr *Asked = requiresGradIn(Argument);
      if (Asked && !isSetLater(Call, Context))
        report(Call, Asked, Context);
    }
  });
}

void IgnoredRequiresGradCheck::report(const CallExpr *Call, const Expr *Asked,
                                      ASTContext &Context) {
  Operation Called = operationOf(Call);
  bool IsMember = isa<CXXMemberCallExpr>(Call);
  diag(
      Call->getBeginLoc(),
      "'%select{at::|}0%1' %select{ignores requires_grad(true): the tensor gets no gradient|throws "
      "when its options ask for requires_grad(true)}2; %select{'torch::%1' heeds it|call "
      "requires_grad_() on the tensor}0")
      << IsMember << nameOf(Called.Name) << refuses(Called) << Asked->getSourceRange();
  if (!isEditable(Asked) || !Call->getSourceRange().fullyContains(Asked->getSourceRange()))
    diag(Asked->getBeginLoc(), "asked for here", DiagnosticIDs::Note);
  const auto *Name = dyn_cast<DeclRefExpr>(Call->getCallee()->IgnoreParenImpCasts());
  if (!Name || !Name->hasQualifier() || !isEditable(Name))
    return;
  SourceRange Qualifier = Name->getQualifierLoc().getSourceRange();
  if (rawText(Qualifier, Context) == "at::")
    diag(Call->getBeginLoc(), "'torch::%0' makes a tensor that requires grad", DiagnosticIDs::Note)
        << nameOf(Called.Name) << FixItHint::CreateReplacement(Qualifier, "torch::");
}

} // namespace torchtidy
