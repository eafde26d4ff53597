// The calls that a PathWalker meets: registrations, helpers that are followed, and what a call out
// of view may change.
#include "model/paths/PathWalker.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Literals.h"

using namespace clang;

namespace torchtidy {

static constexpr unsigned MaxInlining = 6;

// require(ok, "…"), which throws unless its argument is true: calls \p Visit with each argument
// like it and what it must be.
static void forEachRequired(const CallExpr *Call,
                            llvm::function_ref<void(const Expr *, bool)> Visit) {
  const FunctionDecl *Callee = visibleDefinition(calleeOf(Call));
  const auto *Body = Callee ? dyn_cast<CompoundStmt>(Callee->getBody()) : nullptr;
  if (!Body || isStdDecl(Callee) || isLibTorchDecl(Callee))
    return;
  for (const Stmt *S : Body->body()) {
    const auto *If = dyn_cast<IfStmt>(S);
    if (!If || If->hasVarStorage() || !If->getCond())
      continue;
    const Stmt *Then = If->getThen();
    if (const auto *Block = dyn_cast<CompoundStmt>(Then); Block && !Block->body_empty())
      Then = Block->body_back();
    const auto *End = dyn_cast<Expr>(Then);
    if (!End || !endsPath(End->IgnoreImplicit()))
      continue;
    bool MustHold = false;
    const Expr *Tested = stripNot(If->getCond(), MustHold);
    for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee))
      if (Parameter->getType()->isBooleanType() && namedVariable(Tested) == Parameter)
        Visit(Argument, MustHold);
  }
}

std::vector<PathState> PathWalker::visitCall(const CallExpr *Call, PathState State) {
  if (auto Site = asRegistration(Call)) {
    visitRegistration(*Site, State);
    return {std::move(State)};
  }
  const FunctionDecl *Callee = Call->getDirectCallee();
  llvm::ArrayRef<const Expr *> Arguments = argumentsOf(Call);
  if (auto Assign = asPlainAssignment(Call)) {
    assign(Assign->Target, Assign->Value, State);
    return {std::move(State)};
  }
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    OverloadedOperatorKind Kind = Operator->getOperator();
    const ValueDecl *D = placeOnPath(Operator->getArg(0), State);
    if (D && isModuleName(D) && (Kind == OO_Arrow || Kind == OO_Call || Kind == OO_Star)) {
      notify(Event::Dereference, Operator, D, State);
      return {std::move(State)};
    }
  }
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call))
    visitMember(Member, State);
  if (!Callee)
    return {std::move(State)};
  if (nameOf(Callee) == "unregister_module" && Call->getNumArgs() == 1) {
    std::string Name = "m:" + literalText(Call->getArg(0)).value_or("").str();
    llvm::erase_if(State.Names, [&](const auto &Entry) { return Entry.first == Name; });
  }
  bool IsPossible = true;
  forEachRequired(Call, [&](const Expr *Argument, bool Holds) {
    // Which operand of `a || b` holds, it does not say.
    const auto *Binary = dyn_cast<BinaryOperator>(stripCondition(Argument));
    if (!Binary || Binary->getOpcode() != (Holds ? BO_LOr : BO_LAnd))
      IsPossible &= Conditions.assume(Argument, Holds, State);
  });
  if (!IsPossible)
    return {};
  bool OnThis = isa<CXXMemberCallExpr>(Call) && isThis(objectOf(Call));
  bool PassesPlace = llvm::any_of(Arguments, [&](const Expr *A) {
    const ValueDecl *D = placeOnPath(pointee(A), State);
    return D && Values.follows(D);
  });
  if (const FunctionDecl *Definition = followed(Call, OnThis, PassesPlace))
    return inlineCall(Definition, Arguments, std::move(State), Call);
  if (!isLibTorchDecl(Callee) && (OnThis || PassesPlace))
    havoc(Call, State);
  return runLambdaArguments(Call, {std::move(State)});
}

// fc.reset(), fc.emplace(…), any.forward(x), m->is_empty()
void PathWalker::visitMember(const CXXMemberCallExpr *Call, PathState &State) {
  llvm::StringRef Name = calleeName(Call);
  const Expr *Object = objectOf(Call);
  if (Name.empty())
    return;
  if (const ValueDecl *D = placeOnPath(Object, State); D && isModuleName(D)) {
    PathValue &Value = Values.of(D, State);
    if (Name == "reset" && isStdDecl(Call->getDirectCallee()))
      Value =
          PathValue{Call->getNumArgs() ? Nullness::NonNull : Nullness::Null, 0, false, false, Call};
    else if (Name == "emplace")
      Value = PathValue{Nullness::NonNull, 0, false, false, Call};
    else if (Name == "swap")
      Value = PathValue{};
    else if (classifyType(D->getType()).Kind == TypeKind::AnyModule && Name != "is_empty")
      notify(Event::Dereference, Call, D, State);
  }
  // m->is_empty(): Sequential's question, asked through a holder that may itself be null.
  if (Name == "is_empty")
    if (const CXXOperatorCallExpr *Arrow = asOperator(Object, OO_Arrow))
      if (const ValueDecl *D = placeOnPath(Arrow->getArg(0), State); D && isModuleName(D))
        notify(Event::NullQuery, Call, D, State);
}

// The body in view that a call runs with what is known here; null where it has nothing to do with
// modules, is another object's, or is being walked.
const FunctionDecl *PathWalker::followed(const CallExpr *Call, bool OnThis,
                                         bool PassesPlace) const {
  const FunctionDecl *Callee = Call->getDirectCallee(), *Definition = nullptr;
  if (isStdDecl(Callee) || isLibTorchDecl(Callee) || !isVisible(Callee) ||
      Callee->isDependentContext() || Stack.size() >= MaxInlining)
    return nullptr;
  bool IsLambda = isLambdaBody(Callee);
  const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
  bool IsOfAnother =
      Method && Method->getParent() != Class && !IsLambda && !OnThis && !Method->isStatic();
  bool IsForModules = OnThis || IsLambda || PassesPlace || classifyType(Call->getType()).isModule();
  if (!IsForModules || IsOfAnother || !Callee->isDefined(Definition) ||
      llvm::is_contained(Stack, Definition))
    return nullptr;
  return Definition;
}

// A call that is not followed: what it receives by reference, and all members if it is a member,
// may change.
void PathWalker::havoc(const CallExpr *Call, PathState &State) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Callee);
  if (isa<CXXMemberCallExpr>(Call) && Method && !Method->isConst() && !Method->isStatic() &&
      !isLibTorchDecl(Method))
    State.Escaped = true;
  auto Forget = [&](const Expr *Passed) {
    if (const ValueDecl *D = placeOnPath(Passed, State); D && Values.follows(D))
      Values.of(D, State) = Values.unknown(Call);
  };
  for (const Expr *Argument : argumentsOf(Call))
    if (pointee(Argument) != Argument)
      Forget(pointee(Argument));
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee))
    if (takesToChange(Parameter->getType()))
      Forget(Argument);
}

void PathWalker::bind(const ParmVarDecl *Parameter, const Expr *Argument, const PathState &Caller,
                      PathState &State) {
  State.Aliases.erase(Parameter);
  State.References.erase(Parameter);
  ++State.Versions[Parameter];
  Argument = throughDefault(Argument);
  const ValueDecl *D = placeOnPath(Argument, Caller);
  if (Parameter->getType()->isLValueReferenceType() && D) {
    State.References[Parameter] = D;
    return;
  }
  if (Values.follows(Parameter)) {
    State.Values[Parameter] = Values.evaluate(Argument, State);
    return;
  }
  State.Aliases[Parameter] = Conditions.key(Argument, Caller);
}

std::vector<PathState> PathWalker::inlineCall(const FunctionDecl *Callee,
                                              llvm::ArrayRef<const Expr *> Arguments,
                                              PathState State, const Expr *ResultOf) {
  const FunctionDecl *Definition = nullptr;
  if (!Callee->isDefined(Definition) || llvm::is_contained(Stack, Definition) ||
      Stack.size() >= MaxInlining) {
    State.Escaped = true;
    return {std::move(State)};
  }
  PathState Caller = State;
  for (auto [Argument, Parameter] : llvm::zip(Arguments, Definition->parameters()))
    bind(Parameter, Argument, Caller, State);
  State.Results.erase(nullptr);
  States Ends = runFunction(Definition, std::move(State));
  for (PathState &End : Ends) {
    auto Result = End.Results.find(nullptr);
    if (ResultOf && Result != End.Results.end())
      End.Results[ResultOf] = Result->second;
    End.Results.erase(nullptr);
    if (auto Outer = Caller.Results.find(nullptr); Outer != Caller.Results.end())
      End.Results[nullptr] = Outer->second;
    End.Visits = Caller.Visits;
  }
  return Ends;
}

// std::visit, std::for_each, a scheduler: a lambda that is handed over is taken to run.
std::vector<PathState> PathWalker::runLambdaArguments(const CallExpr *Call, States In) {
  for (const Expr *Argument : Call->arguments()) {
    const auto *Lambda = dyn_cast_or_null<LambdaExpr>(stripValue(Argument));
    if (!Lambda || Lambda->getCallOperator()->isDependentContext())
      continue;
    States Out;
    for (PathState &State : In)
      for (PathState &End : inlineCall(Lambda->getCallOperator(), {}, std::move(State), nullptr))
        Out.push_back(std::move(End));
    In = std::move(Out);
  }
  return In;
}

void PathWalker::visitRegistration(const Registration &Site, PathState &State) {
  PathValue Value = Values.evaluate(Site.Value, State);
  if (!Site.isTensor() && Value.Null == Nullness::Null) {
    notify(Event::RegisterNull, Site.Call, placeOnPath(Site.Value, State), State);
    // Only the overload for a shared_ptr lets a null module in. A holder throws; what comes after
    // is judged as if it were there.
    if (Site.Call->getMethodDecl()->getNumParams() > 1 &&
        classifyType(Site.Call->getMethodDecl()->getParamDecl(1)->getType()).Kind ==
            TypeKind::Holder) {
      Value.Null = Nullness::NonNull;
      if (const ValueDecl *D = placeOnPath(Site.Value, State); D && isModuleName(D))
        Values.of(D, State).Null = Nullness::NonNull;
    }
  }
  Value.Registered = true;
  if (Value.Null == Nullness::Unknown)
    Value.Null = Nullness::NonNull; // a null holder throws here
  if (const ValueDecl *D = placeOnPath(Site.Value, State); D && Values.follows(D)) {
    PathValue &Held = Values.of(D, State);
    if (Held.Null != Nullness::Null)
      Held.Null = Nullness::NonNull;
    // Names that share the object are registered with it.
    unsigned Symbol = Held.Symbol;
    Held.Registered = true;
    if (Symbol)
      for (auto &[Other, OtherValue] : State.Values)
        if (OtherValue.Symbol == Symbol)
          OtherValue.Registered = true;
  }
  State.Results[Site.Call] = Value;
  std::string Spelled = literalText(Site.Name).value_or("").str();
  if (Spelled.empty() || !Site.isOnThis() || Site.Kind == RegistrationKind::Replacement)
    return;
  std::string Name = (Site.isTensor() ? "t:" : "m:") + Spelled;
  for (const auto &[Earlier, Where] : State.Names)
    if (Earlier == Name && Where != Site.Call)
      notify(Event::DuplicateName, Site.Call, nullptr, State);
  State.Names.emplace_back(Name, Site.Call);
}

} // namespace torchtidy
