#include "model/hooks/HookTargets.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 12;

bool isElementAccess(llvm::StringRef Name) {
  return Name == "at" || Name == "front" || Name == "back" || Name == "value" || Name == "key" ||
         Name == "find" || Name == "begin" || Name == "get" || Name == "second" || Name == "data";
}

// Joins the origins of several assignments: one graph result makes the variable one, since hooks on
// it are then installed anew each time round.
HookTarget join(HookTarget A, HookTarget B) {
  if (A.Life == B.Life)
    return A;
  if (A.Life == Lifetime::Graph || B.Life == Lifetime::Graph)
    return A.Life == Lifetime::Graph ? A : B;
  return {};
}

class TargetFinder {
public:
  TargetFinder(const FunctionDecl *Function, ASTContext &Context)
      : Function(Function), Context(Context) {}

  HookTarget tensor(const Expr *E, unsigned Depth = 0);
  HookTarget node(const Expr *E, unsigned Depth = 0);
  HookTarget module(const Expr *E, unsigned Depth = 0);

private:
  HookTarget container(const Expr *E, unsigned Depth);
  HookTarget variable(const VarDecl *Variable, unsigned Depth, bool IsContainer);
  HookTarget member(const MemberExpr *Member, unsigned Depth);
  HookTarget call(const CallExpr *Call, unsigned Depth);
  void joinAssignments(HookTarget &Result, const ValueDecl *Target, unsigned Depth);

  const FunctionDecl *Function;
  ASTContext &Context;
};

HookTarget TargetFinder::tensor(const Expr *E, unsigned Depth) {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return {};
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    if (const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl()))
      return variable(Variable, Depth, false);
    if (const auto *Binding = dyn_cast<BindingDecl>(Ref->getDecl()))
      if (const auto *Decomposed = dyn_cast_or_null<VarDecl>(Binding->getDecomposedDecl()))
        return variable(Decomposed, Depth, true);
    return {};
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return member(Member, Depth);
  if (const auto *Conditional = dyn_cast<ConditionalOperator>(E))
    return join(tensor(Conditional->getTrueExpr(), Depth + 1),
                tensor(Conditional->getFalseExpr(), Depth + 1));
  if (const auto *Call = dyn_cast<CallExpr>(E))
    return call(Call, Depth);
  if (const auto *Deref = dyn_cast<UnaryOperator>(E))
    if (Deref->getOpcode() == UO_Deref)
      return container(Deref->getSubExpr(), Depth + 1);
  if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
    return container(Subscript->getBase(), Depth + 1);
  return {};
}

HookTarget TargetFinder::call(const CallExpr *Call, unsigned Depth) {
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    const Expr *Object = Operator->getNumArgs() ? Operator->getArg(0) : nullptr;
    switch (Operator->getOperator()) {
    case OO_Subscript:
    case OO_Star:
    case OO_Arrow:
      if (!isTensorType(Object->getType()))
        return container(Object, Depth + 1);
      return {Lifetime::Graph};
    case OO_Call:
      return isModuleCall(Call) ? HookTarget{Lifetime::Graph} : HookTarget{};
    case OO_Equal:
      return tensor(Operator->getArg(1), Depth + 1);
    default:
      return isTensorType(Object->getType()) ? HookTarget{Lifetime::Graph} : HookTarget{};
    }
  }
  const FunctionDecl *Callee = Call->getDirectCallee();
  llvm::StringRef Name = calleeName(Call);
  if (!Callee || Name.empty())
    return {};
  std::optional<RegistrationKind> Registers = registrationKind(Name);
  if (Registers == RegistrationKind::Parameter || Registers == RegistrationKind::Buffer)
    return {Lifetime::Lasting, "parameter"};
  if (isModuleCall(Call))
    return {Lifetime::Graph};
  Operation Called = operationNamed(Name);
  if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call)) {
    const Expr *Object = Method->getImplicitObjectArgument();
    if (isTensorType(Object->getType())) {
      if (Called.setsRequiresGrad() || Called.is(Op::set_data)) // hand back the tensor itself
        return tensor(Object, Depth + 1);
      if (Called.Gives == ResultKind::Another)
        return {};
      return Called.givesLeaf() ? HookTarget{Lifetime::LocalLeaf} : HookTarget{Lifetime::Graph};
    }
    if (isElementAccess(Name))
      return container(Object, Depth + 1);
    return {};
  }
  if (!isLibTorchDecl(Callee) || !isTensorType(Call->getType()))
    return {};
  return Called.givesLeaf() ? HookTarget{Lifetime::LocalLeaf} : HookTarget{Lifetime::Graph};
}

HookTarget TargetFinder::member(const MemberExpr *Member, unsigned Depth) {
  const auto *Field = dyn_cast<FieldDecl>(Member->getMemberDecl());
  if (!Field) {
    const auto *Static = dyn_cast<VarDecl>(Member->getMemberDecl());
    return Static ? HookTarget{Lifetime::Lasting, "static variable", Static} : HookTarget{};
  }
  if (const CXXRecordDecl *Record = dyn_cast<CXXRecordDecl>(Field->getParent());
      Record && !Record->isLambda()) {
    const Expr *Base = Member->getBase()->IgnoreParenImpCasts();
    bool OfThis = isThis(Base);
    if (OfThis || isModuleClass(Record)) {
      // In LibTorch's own modules the tensors are the parameters and buffers.
      HookTarget Result{Lifetime::Lasting,
                        isModuleClass(Record) && !OfThis ? "parameter" : "data member"};
      joinAssignments(Result, Field, Depth);
      return Result;
    }
    if (Record->isInStdNamespace()) // pair::first, pair::second
      return container(Base, Depth + 1);
    if (const auto *Outer = dyn_cast<MemberExpr>(Base))
      return member(Outer, Depth + 1);
  }
  return {};
}

HookTarget TargetFinder::container(const Expr *E, unsigned Depth) {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return {};
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *Variable = dyn_cast<VarDecl>(Ref->getDecl());
    return Variable ? variable(Variable, Depth, true) : HookTarget{};
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return member(Member, Depth);
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
    if (Operator->getOperator() == OO_Subscript || Operator->getOperator() == OO_Star ||
        Operator->getOperator() == OO_Arrow)
      return container(Operator->getArg(0), Depth + 1);
    return {};
  }
  if (const auto *Deref = dyn_cast<UnaryOperator>(E))
    return container(Deref->getSubExpr(), Depth + 1);
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    llvm::StringRef Name = calleeName(Call);
    const CXXRecordDecl *Record = Call->getRecordDecl();
    if (listsTensors(Name) && Record && isModuleClass(Record))
      return {Lifetime::Lasting, "parameter"};
    if (isElementAccess(Name))
      return container(Call->getImplicitObjectArgument(), Depth + 1);
  }
  return {};
}

HookTarget TargetFinder::variable(const VarDecl *Variable, unsigned Depth, bool IsContainer) {
  if (Variable->hasGlobalStorage())
    return {Lifetime::Lasting, "static variable", Variable};
  HookTarget Result;
  if (isa<ParmVarDecl>(Variable)) {
    Result.Life = Lifetime::FunctionParam;
  } else {
    // for (auto &p : range): the loop variable is initialised from *__begin.
    const CXXForRangeStmt *Range = rangeLoopOf(Variable, Context);
    const Expr *Init = Range ? Range->getRangeInit() : initialiserOf(Variable);
    if (Init)
      Result = Range || IsContainer ? container(Init, Depth + 1) : tensor(Init, Depth + 1);
  }
  Result.Variable = Variable;
  if (!Variable->getType()->isReferenceType() || isa<ParmVarDecl>(Variable))
    joinAssignments(Result, Variable, Depth);
  Result.Variable = Variable;
  return Result;
}

// x = relu(x) in the same function makes x a graph result, whatever it was first.
void TargetFinder::joinAssignments(HookTarget &Result, const ValueDecl *Target, unsigned Depth) {
  if (!Function || !Function->getBody() || Depth > MaxDepth / 2)
    return;
  forEach<CXXOperatorCallExpr>(Function->getBody(), [&](const CXXOperatorCallExpr *Call) {
    auto Assign = asPlainAssignment(Call);
    if (!Assign || namedDecl(Assign->Target) != Target)
      return;
    HookTarget From = tensor(Assign->Value, Depth + MaxDepth / 2);
    bool Undecided =
        Result.Life == Lifetime::Unknown && isa<VarDecl>(Target) && !isa<ParmVarDecl>(Target);
    Result = Undecided ? From : join(Result, From);
  });
}

HookTarget TargetFinder::node(const Expr *E, unsigned Depth) {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return {};
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E))
    return Operator->getNumArgs() ? node(Operator->getArg(0), Depth + 1) : HookTarget{};
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    llvm::StringRef Name = calleeName(Call);
    if (operationNamed(Name).is(Op::grad_fn))
      return {Lifetime::Graph}; // leaves have none
    if (Name == "grad_accumulator" && Call->getNumArgs())
      return tensor(Call->getArg(0), Depth + 1);
    if (Name == "get")
      if (const auto *Method = dyn_cast<CXXMemberCallExpr>(Call))
        return node(Method->getImplicitObjectArgument(), Depth + 1);
    return {};
  }
  const Expr *Init = initialiserOf(E);
  return Init ? node(Init, Depth + 1) : HookTarget{};
}

HookTarget TargetFinder::module(const Expr *E, unsigned Depth) {
  E = stripValue(E);
  if (!E || Depth > MaxDepth)
    return {};
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(E))
    return Operator->getNumArgs() ? module(Operator->getArg(0), Depth + 1) : HookTarget{};
  if (const auto *Deref = dyn_cast<UnaryOperator>(E))
    return module(Deref->getSubExpr(), Depth + 1);
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E))
    return module(Call->getImplicitObjectArgument(), Depth + 1);
  if (isThis(E))
    return {Lifetime::Lasting, "module"};
  if (const auto *Member = dyn_cast<MemberExpr>(E)) {
    if (isThis(Member->getBase()))
      return {Lifetime::Lasting, "module"};
    return module(Member->getBase(), Depth + 1);
  }
  if (const VarDecl *Variable = namedVariable(E)) {
    if (Variable->hasGlobalStorage())
      return {Lifetime::Lasting, "module", Variable};
    if (isa<ParmVarDecl>(Variable))
      return {Lifetime::FunctionParam, "", Variable};
  }
  return {};
}

} // namespace

HookTarget hookTarget(const HookSite &Site, ASTContext &Context) {
  if (Site.Kind == HookKind::RecordFunction || !Site.Receiver)
    return {Lifetime::Lasting, "process"};
  // A lambda that installs the hook sees the variables of the functions around it.
  const FunctionDecl *Function = Site.Enclosing;
  TargetFinder Finder(Function, Context);
  switch (Site.Kind) {
  case HookKind::Node:
    return Finder.node(Site.Receiver);
  case HookKind::Tensor:
    return Finder.tensor(Site.Receiver);
  default:
    break;
  }
  if (isTensorType(Site.Receiver->getType()))
    return Finder.tensor(Site.Receiver);
  return Finder.module(Site.Receiver);
}

} // namespace torchtidy
