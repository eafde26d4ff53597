#include "ConstantParameterCheck.h"
#include "model/facts/ForwardReach.h"
#include "model/facts/ProjectIndex.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/SourceText.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

// Anything in view asks some tensor for a gradient: which one, is not followed.
bool anyAsksForGradient(const ProjectIndex &Index) {
  for (Op Setter : {Op::requires_grad_, Op::set_requires_grad})
    for (const ProjectIndex::CallSite &Site : Index.callsNamed(nameOf(Setter))) {
      llvm::ArrayRef<const Expr *> Arguments = writtenArguments(Site.Call);
      if (Arguments.empty() || boolLiteral(Arguments[0]) != false)
        return true;
    }
  return false;
}

// `torch::arange(..)`, `x * 2`: what certainly is a tensor. An undefined one is LibTorch's "no
// bias".
bool isComputed(const Expr *Value) {
  const auto *Call = dyn_cast_or_null<CallExpr>(Value ? stripValue(Value) : nullptr);
  return Call && (operationOf(Call) || isa<CXXOperatorCallExpr>(Call)) &&
         isTensorType(Call->getType());
}

// register_buffer("table", table): the name of the function, and without the last argument.
llvm::SmallVector<FixItHint, 2> asBuffer(const Registration &Site, const ASTContext &Context) {
  const auto *Callee = dyn_cast<MemberExpr>(Site.Call->getCallee()->IgnoreParenImpCasts());
  SourceLocation Name = Callee ? Callee->getMemberLoc() : SourceLocation();
  SourceLocation ValueEnd = endOfToken(Site.Value->getEndLoc(), Context),
                 End = Site.Call->getRParenLoc();
  if (Name.isInvalid() || Name.isMacroID() || ValueEnd.isInvalid() || End.isMacroID())
    return {};
  return {FixItHint::CreateReplacement(Name, registrationName(RegistrationKind::Buffer)),
          FixItHint::CreateRemoval(CharSourceRange::getCharRange(ValueEnd, End))};
}

} // namespace

void ConstantParameterCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  if (isPartlyVisible(Class))
    return;
  for (const auto &[Site, In] : Model.registrations().all()) {
    const FunctionDecl *Function = outOfLambda(In);
    if (Site.Kind != RegistrationKind::Parameter || !Function ||
        enclosingClass(Function) != Class || !Site.isOnThis())
      continue;
    const Expr *RequiresGrad = argumentFor(Site.Call, 2);
    if (!RequiresGrad || boolLiteral(RequiresGrad) != false || !isComputed(Site.Value) ||
        anyAsksForGradient(facts(Model.context()).index()) || !firstTime(Site.Call->getExprLoc()))
      continue;
    diag(Site.Call->getExprLoc(),
         "this parameter never has a gradient, and still counts as one: what initialises, counts "
         "or moves parameters() takes it along");
    diag(Site.Call->getExprLoc(), "a constant that is saved and moved with the module is a buffer",
         DiagnosticIDs::Note)
        << asBuffer(Site, Model.context());
  }
}

} // namespace torchtidy
