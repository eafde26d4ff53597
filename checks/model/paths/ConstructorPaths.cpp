#include "model/paths/ConstructorPaths.h"
#include "model/facts/ForwardReach.h"
#include "model/syntax/SourceText.h"
#include "clang/AST/PrettyPrinter.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxStates = 96;   // per block
constexpr unsigned MaxSteps = 20000; // blocks times states, per entry function
constexpr unsigned MaxInlining = 6;

bool isLoop(const Stmt *S) { return S && isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(S); }

const Expr *stripCondition(const Expr *E) {
  while (true) {
    E = E->IgnoreParenImpCasts();
    if (const auto *Cast = dyn_cast<CXXStaticCastExpr>(E); Cast && Cast->getType()->isBooleanType())
      E = Cast->getSubExpr();
    else if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E);
             Cast && Cast->getType()->isBooleanType())
      E = Cast->getSubExpr();
    else if (const auto *Full = dyn_cast<FullExpr>(E))
      E = Full->getSubExpr();
    else if (const auto *Call = dyn_cast<CallExpr>(E);
             Call && Call->getDirectCallee() && Call->getDirectCallee()->getIdentifier() &&
             Call->getDirectCallee()->getName() == "__builtin_expect")
      E = Call->getArg(0);
    else
      return E;
  }
}

// Members and locals that a statement may write.
class Writes : public RecursiveASTVisitor<Writes> {
public:
  llvm::SmallVector<const Expr *, 8> Targets;
  bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
    if (Call->isAssignmentOp())
      Targets.push_back(Call->getArg(0));
    return true;
  }
  bool VisitBinaryOperator(BinaryOperator *Operator) {
    if (Operator->isAssignmentOp())
      Targets.push_back(Operator->getLHS());
    return true;
  }
  bool VisitCXXMemberCallExpr(CXXMemberCallExpr *Call) {
    if (const auto *Method = Call->getMethodDecl();
        Method && Method->getIdentifier() &&
        (Method->getName() == "reset" || Method->getName() == "emplace"))
      Targets.push_back(Call->getImplicitObjectArgument());
    return true;
  }
};

// The text of a string that is spelled out; empty for any other.
std::string literal(const Expr *E) {
  E = stripValue(E);
  if (const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(E);
      Construct && Construct->getNumArgs() > 0)
    E = stripValue(Construct->getArg(0));
  const auto *Literal = dyn_cast_or_null<StringLiteral>(E);
  return Literal ? Literal->getString().str() : std::string();
}

// &x stands for x where it is passed on.
const Expr *pointee(const Expr *E) {
  const auto *Address = dyn_cast<UnaryOperator>(E->IgnoreParenImpCasts());
  return Address && Address->getOpcode() == UO_AddrOf ? Address->getSubExpr() : E;
}

const Stmt *loopBody(const Stmt *Loop) {
  if (const auto *For = dyn_cast<ForStmt>(Loop))
    return For->getBody();
  if (const auto *While = dyn_cast<WhileStmt>(Loop))
    return While->getBody();
  if (const auto *Do = dyn_cast<DoStmt>(Loop))
    return Do->getBody();
  return cast<CXXForRangeStmt>(Loop)->getBody();
}

// Conditions of a class by rough spelling, so that only those that are asked twice are remembered
// on a path.
class ConditionSpellings : public RecursiveASTVisitor<ConditionSpellings> {
public:
  ConditionSpellings(std::map<std::string, unsigned> &Count, const ASTContext &Context)
      : Count(Count), Context(Context) {}

  bool VisitIfStmt(IfStmt *If) { return add(If->getCond()); }
  bool VisitConditionalOperator(ConditionalOperator *Choice) { return add(Choice->getCond()); }
  bool VisitBinaryOperator(BinaryOperator *Binary) {
    return !Binary->isLogicalOp() || (add(Binary->getLHS()) && add(Binary->getRHS()));
  }
  bool VisitVarDecl(VarDecl *Var) {
    // A flag stands for its initialiser.
    return !Var->getInit() || !Var->getType()->isBooleanType() || add(Var->getInit());
  }

  static std::string rough(const Expr *E, const ASTContext &Context) {
    E = stripCondition(E);
    while (const auto *Not = dyn_cast<UnaryOperator>(E)) {
      if (Not->getOpcode() != UO_LNot)
        break;
      E = stripCondition(Not->getSubExpr());
    }
    std::string Text;
    for (char C : onOneLine(E, Context))
      if (isalnum(static_cast<unsigned char>(C)))
        Text += C;
    if (llvm::StringRef(Text).starts_with("this"))
      Text = Text.substr(4);
    return Text;
  }

private:
  bool add(const Expr *E) {
    if (E)
      ++Count[rough(E, Context)];
    return true;
  }
  std::map<std::string, unsigned> &Count;
  const ASTContext &Context;
};

} // namespace

bool PathState::sameFacts(const PathState &O) const {
  return Values == O.Values && Results == O.Results && Conditions == O.Conditions &&
         Aliases == O.Aliases && Versions == O.Versions && References == O.References &&
         WasRegistered == O.WasRegistered && Visits == O.Visits && Names == O.Names &&
         Escaped == O.Escaped;
}

PathWalker::PathWalker(ASTContext &Context, const CXXRecordDecl *Class)
    : Context(Context), Class(Class) {}

const CFG *PathWalker::cfg(const FunctionDecl *F) {
  auto [It, New] = Graphs.try_emplace(F);
  if (New) {
    CFG::BuildOptions Options;
    Options.AddInitializers = true;
    Options.AddCXXDefaultInitExprInCtors = true;
    Options.PruneTriviallyFalseEdges = true;
    Options.setAllAlwaysAdd();
    It->second = CFG::buildCFG(F, F->getBody(), &Context, Options);
  }
  return It->second.get();
}

std::vector<PathState> PathWalker::run(const FunctionDecl *F, PathState Start,
                                       const Observer &Observe) {
  this->Observe = Observe;
  Steps = 0;
  Overflow = false;
  const FunctionDecl *Definition = nullptr;
  if (!isVisible(F) || !F->isDefined(Definition) || Definition->isDependentContext())
    return {std::move(Start)};
  return runFunction(Definition, std::move(Start));
}

std::vector<PathState> PathWalker::runFunction(const FunctionDecl *F, PathState Start) {
  States Ends;
  const CFG *Graph = cfg(F);
  if (!Graph) {
    Start.Escaped = true;
    return {std::move(Start)};
  }
  Stack.push_back(F);
  // Block ids fall from entry to exit, so the highest id first visits a block after its forward
  // predecessors.
  std::map<unsigned, States, std::greater<unsigned>> Todo;
  std::map<unsigned, const CFGBlock *> Blocks;
  for (const CFGBlock *Block : *Graph)
    Blocks[Block->getBlockID()] = Block;
  Start.Visits.clear();
  Todo[Graph->getEntry().getBlockID()].push_back(std::move(Start));
  while (!Todo.empty() && !Overflow) {
    auto [Id, In] = std::move(*Todo.begin());
    Todo.erase(Todo.begin());
    const CFGBlock &Block = *Blocks[Id];
    if (&Block == &Graph->getExit()) {
      for (PathState &State : In)
        Ends.push_back(std::move(State));
      continue;
    }
    States Current = std::move(In);
    bool Throws = Block.hasNoReturnElement();
    for (const CFGElement &Element : Block) {
      States Next;
      for (PathState &State : Current) {
        if (++Steps > MaxSteps)
          Overflow = true;
        if (Overflow)
          break;
        for (PathState &After : transfer(Element, std::move(State)))
          Next.push_back(std::move(After));
      }
      Current = std::move(Next);
      if (auto Statement = Element.getAs<CFGStmt>())
        Throws |= isa<CXXThrowExpr>(Statement->getStmt());
    }
    if (Throws)
      continue;
    std::vector<std::pair<const CFGBlock *, PathState>> Successors;
    for (PathState &State : Current)
      branch(Block, std::move(State), Successors);
    for (auto &[Successor, State] : Successors) {
      States &Pending = Todo[Successor->getBlockID()];
      if (llvm::none_of(Pending, [&S = State](const PathState &P) { return P.sameFacts(S); }))
        Pending.push_back(std::move(State));
      if (Pending.size() > MaxStates)
        Overflow = true;
    }
  }
  Stack.pop_back();
  States Distinct;
  for (PathState &End : Ends)
    if (llvm::none_of(Distinct, [&](const PathState &P) { return P.sameFacts(End); }))
      Distinct.push_back(std::move(End));
  return Distinct;
}

void PathWalker::branch(const CFGBlock &Block, PathState State,
                        std::vector<std::pair<const CFGBlock *, PathState>> &Out) {
  const Stmt *Terminator = Block.getTerminatorStmt();
  const auto *Condition = dyn_cast_or_null<Expr>(Block.getTerminatorCondition());
  if (isLoop(Terminator) && Block.succ_size() == 2)
    return branchLoop(Block, std::move(State), Out);
  if (Terminator && Condition && Block.succ_size() == 2 && !isa<SwitchStmt>(Terminator)) {
    unsigned Index = 0;
    for (const CFGBlock *Successor : Block.succs()) {
      bool Taken = Index++ == 0;
      if (!Successor)
        continue;
      PathState Next = State;
      if (!assume(Condition, Taken, Next))
        continue;
      Next.Path.push_back({Terminator, Condition, Taken});
      if (const auto *Choice = dyn_cast<AbstractConditionalOperator>(Terminator))
        Next.Results[Choice] =
            evaluate(Taken ? Choice->getTrueExpr() : Choice->getFalseExpr(), Next);
      Out.emplace_back(Successor, std::move(Next));
    }
    return;
  }
  const auto *Switch = dyn_cast_or_null<SwitchStmt>(Terminator);
  bool HasDefault = false;
  if (Switch)
    for (const SwitchCase *Case = Switch->getSwitchCaseList(); Case;
         Case = Case->getNextSwitchCase())
      HasDefault |= isa<DefaultStmt>(Case);
  for (const CFGBlock *Successor : Block.succs()) {
    if (!Successor)
      continue;
    // A switch over all enumerators has no other way.
    bool IsImplicitDefault =
        Switch && !HasDefault && !isa_and_nonnull<SwitchCase>(Successor->getLabel());
    if (IsImplicitDefault && Switch->isAllEnumCasesCovered())
      continue;
    PathState Next = State;
    if (Switch && Condition)
      Next.Path.push_back({Switch, Condition, !IsImplicitDefault});
    Out.emplace_back(Successor, std::move(Next));
  }
}

// First time into the body, second time out of it.
void PathWalker::branchLoop(const CFGBlock &Block, PathState State,
                            std::vector<std::pair<const CFGBlock *, PathState>> &Out) {
  const CFGBlock *Body = *Block.succ_begin();
  const CFGBlock *After = *std::next(Block.succ_begin());
  const Stmt *Loop = Block.getTerminatorStmt();
  bool First = ++State.Visits[&Block] == 1 && !isa<DoStmt>(Loop);
  if (First && Body) {
    Out.emplace_back(Body, std::move(State));
    return;
  }
  if (!After)
    return;
  State.Visits.erase(&Block);
  // do { .. } while (0) is a macro's block, not a loop.
  if (const auto *Do = dyn_cast<DoStmt>(Loop)) {
    bool Again = true;
    if (!Do->getCond()->isValueDependent() &&
        Do->getCond()->EvaluateAsBooleanCondition(Again, Context) && !Again) {
      Out.emplace_back(After, std::move(State));
      return;
    }
  }
  // Which iteration assigned a member is not followed: after the loop it is assigned.
  Writes Written;
  Written.TraverseStmt(const_cast<Stmt *>(loopBody(Loop)));
  for (const Expr *Target : Written.Targets)
    if (const ValueDecl *D = place(Target, State);
        D && isTracked(D) && valueOf(D, State).Null == Nullness::Null)
      valueOf(D, State).Null = Nullness::NonNull;
  Out.emplace_back(After, std::move(State));
}

std::vector<PathState> PathWalker::transfer(const CFGElement &Element, PathState State) {
  if (auto Init = Element.getAs<CFGInitializer>())
    return initialize(Init->getInitializer(), std::move(State));
  auto Statement = Element.getAs<CFGStmt>();
  if (!Statement)
    return {std::move(State)};
  const Stmt *S = Statement->getStmt();
  if (const auto *Declaration = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : Declaration->decls())
      if (const auto *Var = dyn_cast<VarDecl>(D))
        declare(Var, State);
  } else if (const auto *Binary = dyn_cast<BinaryOperator>(S); Binary && Binary->isAssignmentOp()) {
    if (Binary->getOpcode() == BO_Assign)
      assign(Binary->getLHS(), Binary->getRHS(), State);
    else if (const ValueDecl *D = place(Binary->getLHS(), State))
      ++State.Versions[D];
  } else if (const auto *Unary = dyn_cast<UnaryOperator>(S)) {
    const ValueDecl *D = place(Unary->getSubExpr(), State);
    if (D && Unary->isIncrementDecrementOp())
      ++State.Versions[D];
    else if (D && Unary->getOpcode() == UO_Deref && isTracked(D))
      notify(Event::Dereference, Unary, D, State);
  } else if (const auto *Return = dyn_cast<ReturnStmt>(S)) {
    if (Return->getRetValue())
      State.Results[nullptr] = evaluate(Return->getRetValue(), State);
  } else if (const auto *Member = dyn_cast<MemberExpr>(S); Member && Member->isArrow()) {
    const ValueDecl *D = place(Member->getBase(), State);
    if (D && isTracked(D))
      notify(Event::Dereference, Member, D, State);
  } else if (const auto *Call = dyn_cast<CallExpr>(S)) {
    return visitCall(Call, std::move(State));
  }
  return {std::move(State)};
}

std::vector<PathState> PathWalker::initialize(const CXXCtorInitializer *Init, PathState State) {
  const Expr *Value = Init->getInit();
  if (const FieldDecl *Field = Init->getAnyMember()) {
    if (const auto *Default = dyn_cast_or_null<CXXDefaultInitExpr>(Value))
      Value = Default->getExpr();
    if (isTracked(Field)) {
      PathValue Result = Value ? evaluate(Value, State) : PathValue();
      Result.Site = Value;
      State.Values[Field] = Result;
    } else if (Value) {
      State.Aliases[Field] = canonical(Value, State).second ? "!" + canonical(Value, State).first
                                                            : canonical(Value, State).first;
    }
    return {std::move(State)};
  }
  const auto *Construct =
      dyn_cast_or_null<CXXConstructExpr>(Value ? Value->IgnoreImplicit() : nullptr);
  if (!Construct || isLibTorchDecl(Construct->getConstructor()) ||
      isStdDecl(Construct->getConstructor()))
    return {std::move(State)};
  if (!isVisible(Construct->getConstructor())) {
    State.Escaped |= Init->isDelegatingInitializer();
    return {std::move(State)};
  }
  return inlineCall(Construct->getConstructor(),
                    llvm::ArrayRef(Construct->getArgs(), Construct->getNumArgs()), std::move(State),
                    nullptr);
}

void PathWalker::declare(const VarDecl *Var, PathState &State) {
  const Expr *Init = Var->getInit();
  ++State.Versions[Var];
  State.Aliases.erase(Var);
  State.References.erase(Var);
  if (!Init)
    return;
  if (Var->getType()->isReferenceType())
    if (const ValueDecl *Target = place(Init, State)) {
      State.References[Var] = Target;
      return;
    }
  if (isTracked(Var)) {
    PathValue Value = evaluate(Init, State);
    Value.Site = Init;
    State.Values[Var] = Value;
    return;
  }
  if (Var->getType()->isScalarType() || Var->getType().isConstQualified()) {
    auto [Key, Negated] = canonical(Init, State);
    State.Aliases[Var] = Negated ? "!" + Key : Key;
  }
}

void PathWalker::assign(const Expr *Target, const Expr *Value, PathState &State) {
  // std::tie(a, b) = f(): each name receives something.
  if (const auto *Tie = dyn_cast<CallExpr>(stripValue(Target));
      Tie && isStdDecl(Tie->getDirectCallee())) {
    for (const Expr *Name : Tie->arguments())
      if (const ValueDecl *D = place(Name, State); D && isTracked(D))
        State.Values[D] = PathValue{Nullness::Unknown, NextSymbol++, false, false, Value};
    return;
  }
  const ValueDecl *D = place(Target, State);
  if (!D)
    return;
  if (isTracked(D)) {
    PathValue Result = evaluate(Value, State);
    if (valueOf(D, State).Registered)
      State.WasRegistered[D] = true;
    Result.Site = Value;
    State.Values[D] = Result;
    return;
  }
  auto [Key, Negated] = canonical(Value, State);
  ++State.Versions[D];
  State.Aliases[D] = Negated ? "!" + Key : Key;
}

std::vector<PathState> PathWalker::visitCall(const CallExpr *Call, PathState State) {
  if (auto Site = asRegistration(Call)) {
    if (!visitRegistration(*Site, State))
      return {};
    return {std::move(State)};
  }
  const FunctionDecl *Callee = Call->getDirectCallee();
  llvm::ArrayRef<const Expr *> Arguments(Call->getArgs(), Call->getNumArgs());
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(Call)) {
    if (Operator->getOperator() == OO_Equal) {
      assign(Operator->getArg(0), Operator->getArg(1), State);
      return {std::move(State)};
    }
    OverloadedOperatorKind Kind = Operator->getOperator();
    const ValueDecl *D = place(Operator->getArg(0), State);
    if (D && isTracked(D) && (Kind == OO_Arrow || Kind == OO_Call || Kind == OO_Star)) {
      notify(Event::Dereference, Operator, D, State);
      return {std::move(State)};
    }
    if (isa_and_nonnull<CXXMethodDecl>(Callee))
      Arguments = Arguments.drop_front();
  }
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call);
      Member && Callee && Callee->getIdentifier()) {
    const Expr *Object = Member->getImplicitObjectArgument();
    llvm::StringRef Name = Callee->getName();
    if (const ValueDecl *D = Object ? place(Object, State) : nullptr; D && isTracked(D)) {
      PathValue &Value = valueOf(D, State);
      if (Name == "reset" && isStdDecl(Callee))
        Value = PathValue{Call->getNumArgs() ? Nullness::NonNull : Nullness::Null, 0, false, false,
                          Call};
      else if (Name == "emplace")
        Value = PathValue{Nullness::NonNull, 0, false, false, Call};
      else if (Name == "swap")
        Value = PathValue{};
      else if (classifyType(D->getType()).Kind == TypeKind::AnyModule && Name != "is_empty")
        notify(Event::Dereference, Call, D, State);
    }
    // m->is_empty(): Sequential's question, asked through a holder that may itself be null.
    if (Name == "is_empty")
      if (const auto *Arrow = dyn_cast_or_null<CXXOperatorCallExpr>(
              Object ? Object->IgnoreParenImpCasts() : nullptr);
          Arrow && Arrow->getOperator() == OO_Arrow)
        if (const ValueDecl *D = place(Arrow->getArg(0), State); D && isTracked(D))
          notify(Event::NullQuery, Call, D, State);
  }
  if (!Callee)
    return {std::move(State)};
  if (Callee->getIdentifier() && Callee->getName() == "unregister_module" &&
      Call->getNumArgs() == 1) {
    std::string Name = "m:" + literal(Call->getArg(0));
    llvm::erase_if(State.Names, [&](const auto &Entry) { return Entry.first == Name; });
  }
  const auto *Method = dyn_cast<CXXMethodDecl>(Callee);
  bool OnThis = false, IsLambda = Method && Method->getParent()->isLambda();
  if (const auto *Member = dyn_cast<CXXMemberCallExpr>(Call)) {
    const Expr *Object = Member->getImplicitObjectArgument();
    OnThis = Object && isa<CXXThisExpr>(Object->IgnoreParenImpCasts());
  }
  bool PassesPlace = llvm::any_of(Arguments, [&](const Expr *A) {
    const ValueDecl *D = place(pointee(A), State);
    return D && isTracked(D);
  });
  bool ReturnsModule = classifyType(Call->getType()).isModule();
  bool Library = isStdDecl(Callee) || isLibTorchDecl(Callee);
  bool Inline = !Library && isVisible(Callee) && !Callee->isDependentContext() &&
                Stack.size() < MaxInlining && (OnThis || IsLambda || PassesPlace || ReturnsModule);
  const FunctionDecl *Definition = nullptr;
  if (Inline && Callee->isDefined(Definition) && !llvm::is_contained(Stack, Definition) &&
      !(Method && Method->getParent() != Class && !IsLambda && !OnThis && !Method->isStatic()))
    return inlineCall(Definition, Arguments, std::move(State), Call);
  if (!isLibTorchDecl(Callee) && (OnThis || PassesPlace))
    havoc(Call, State);
  return runLambdaArguments(Call, {std::move(State)});
}

// A call that is not followed: what it receives by reference, and all members if it is a member,
// may change.
void PathWalker::havoc(const CallExpr *Call, PathState &State) {
  const FunctionDecl *Callee = Call->getDirectCallee();
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Callee);
  if (isa<CXXMemberCallExpr>(Call) && Method && !Method->isConst() && !Method->isStatic() &&
      !isLibTorchDecl(Method))
    State.Escaped = true;
  for (unsigned I = 0; I < Call->getNumArgs(); ++I) {
    const ValueDecl *D = place(pointee(Call->getArg(I)), State);
    if (!D || !isTracked(D))
      continue;
    if (pointee(Call->getArg(I)) != Call->getArg(I)) {
      valueOf(D, State) = PathValue{Nullness::Unknown, NextSymbol++, false, false, Call};
      continue;
    }
    unsigned Parameter = isa<CXXOperatorCallExpr>(Call) && Method ? I - 1 : I;
    if (Callee && Parameter < Callee->getNumParams()) {
      QualType Type = Callee->getParamDecl(Parameter)->getType();
      if (Type->isLValueReferenceType() && !Type->getPointeeType().isConstQualified())
        valueOf(D, State) = PathValue{Nullness::Unknown, NextSymbol++, false, false, Call};
    }
  }
}

void PathWalker::bind(const ParmVarDecl *Parameter, const Expr *Argument, const PathState &Caller,
                      PathState &State) {
  State.Aliases.erase(Parameter);
  State.References.erase(Parameter);
  ++State.Versions[Parameter];
  if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(Argument))
    Argument = Default->getExpr();
  const ValueDecl *D = place(Argument, Caller);
  if (Parameter->getType()->isLValueReferenceType() && D) {
    State.References[Parameter] = D;
    return;
  }
  if (isTracked(Parameter)) {
    State.Values[Parameter] = evaluate(Argument, State);
    return;
  }
  auto [Key, Negated] = canonical(Argument, Caller);
  State.Aliases[Parameter] = Negated ? "!" + Key : Key;
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
  for (unsigned I = 0; I < Arguments.size() && I < Definition->getNumParams(); ++I)
    bind(Definition->getParamDecl(I), Arguments[I], Caller, State);
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

bool PathWalker::visitRegistration(const Registration &Site, PathState &State) {
  PathValue Value = evaluate(Site.Value, State);
  if (!Site.isTensor() && Value.Null == Nullness::Null) {
    notify(Event::RegisterNull, Site.Call, place(Site.Value, State), State);
    // Only the overload for a shared_ptr lets a null module in.
    if (Site.Call->getMethodDecl()->getNumParams() > 1 &&
        classifyType(Site.Call->getMethodDecl()->getParamDecl(1)->getType()).Kind ==
            TypeKind::Holder)
      return false;
  }
  Value.Registered = true;
  if (Value.Null == Nullness::Unknown)
    Value.Null = Nullness::NonNull; // a null holder throws here
  if (const ValueDecl *D = place(Site.Value, State); D && isTracked(D)) {
    PathValue &Held = valueOf(D, State);
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
  std::string Spelled = literal(Site.Name);
  if (Spelled.empty() || !Site.isOnThis() || Site.Kind == RegistrationKind::Replacement)
    return true;
  std::string Name = (Site.isTensor() ? "t:" : "m:") + Spelled;
  for (const auto &[Earlier, Where] : State.Names)
    if (Earlier == Name && Where != Site.Call)
      notify(Event::DuplicateName, Site.Call, nullptr, State);
  State.Names.emplace_back(Name, Site.Call);
  return true;
}

bool PathWalker::isTracked(const ValueDecl *D) const {
  TypeInfo Info = classifyType(D->getType());
  if (Info.Kind == TypeKind::Container)
    if (const CXXRecordDecl *Record = D->getType().getNonReferenceType()->getAsCXXRecordDecl())
      return (isNamed(Record, "c10::optional") || isNamed(Record, "std::optional")) &&
             Info.HoldsModules;
  return Info.Kind == TypeKind::Holder || Info.Kind == TypeKind::SharedPtr ||
         Info.Kind == TypeKind::UniquePtr || Info.Kind == TypeKind::AnyModule;
}

const ValueDecl *PathWalker::place(const Expr *E, const PathState &State) const {
  E = E ? stripValue(E) : nullptr;
  if (!E)
    return nullptr;
  if (const FieldDecl *Field = fieldOfThis(E))
    return Field;
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
      Call && Call->getMethodDecl() && Call->getMethodDecl()->getIdentifier()) {
    llvm::StringRef Name = Call->getMethodDecl()->getName();
    if (Name == "ptr" || Name == "get" || Name == "value")
      return place(Call->getImplicitObjectArgument(), State);
  }
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *Var = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  if (!Var)
    return nullptr;
  auto It = State.References.find(Var);
  return It == State.References.end() ? Var : It->second;
}

PathValue &PathWalker::valueOf(const ValueDecl *D, PathState &State) {
  auto [It, New] = State.Values.try_emplace(D);
  if (New) {
    // Numbered by declaration, so that states of different paths agree.
    It->second.Symbol = NextSymbol++;
    if (const auto *Parameter = dyn_cast<ParmVarDecl>(D);
        Parameter && Parameter->hasDefaultArg() && !Parameter->hasUninstantiatedDefaultArg() &&
        !Parameter->hasUnparsedDefaultArg())
      It->second.NullByDefault = isNullModule(Parameter->getDefaultArg());
  }
  return It->second;
}

PathValue PathWalker::evaluate(const Expr *E, PathState &State) {
  PathValue Value;
  E = E ? stripValue(E) : nullptr;
  if (!E)
    return Value;
  if (auto It = State.Results.find(E); It != State.Results.end())
    return It->second;
  if (isNullModule(E)) {
    Value.Null = Nullness::Null;
    return Value;
  }
  if (const ValueDecl *D = place(E, State); D && isTracked(D))
    return valueOf(D, State);
  if (const auto *Default = dyn_cast<CXXDefaultInitExpr>(E))
    return evaluate(Default->getExpr(), State);
  if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
    return evaluate(Cast->getSubExpr(), State);
  if (const auto *List = dyn_cast<InitListExpr>(E))
    return List->getNumInits() == 1 ? evaluate(List->getInit(0), State) : Value;
  if (const auto *Comma = dyn_cast<BinaryOperator>(E); Comma && Comma->getOpcode() == BO_Comma)
    return evaluate(Comma->getRHS(), State);
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    if (Callee && Callee->getIdentifier() && Callee->getName().ends_with("_pointer_cast") &&
        Call->getNumArgs() == 1)
      return evaluate(Call->getArg(0), State);
    if (constructsModule(E))
      Value.Null = Nullness::NonNull;
    return Value;
  }
  if (isa<CXXNewExpr>(E)) {
    Value.Null = Nullness::NonNull;
    return Value;
  }
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E)) {
    if (Construct->getNumArgs() == 1) {
      const Expr *Argument = Construct->getArg(0);
      if (classifyType(Argument->getType()).isModule() && !constructsModule(Construct))
        return evaluate(Argument, State);
      if (isNullModule(Argument)) {
        Value.Null = Nullness::Null;
        return Value;
      }
    }
    Value.Null = Nullness::NonNull;
    return Value;
  }
  return Value;
}

std::optional<PathWalker::NullTest> PathWalker::asNullTest(const Expr *E,
                                                           const PathState &State) const {
  E = stripCondition(E);
  if (const auto *Not = dyn_cast<UnaryOperator>(E); Not && Not->getOpcode() == UO_LNot) {
    auto Inner = asNullTest(Not->getSubExpr(), State);
    if (Inner)
      Inner->NonNullWhenTrue = !Inner->NonNullWhenTrue;
    return Inner;
  }
  auto Of = [&](const Expr *Subject, bool NonNullWhenTrue) -> std::optional<NullTest> {
    const ValueDecl *D = place(Subject, State);
    if (!D || !isTracked(D))
      return std::nullopt;
    return NullTest{D, NonNullWhenTrue};
  };
  if (const auto *Compare = dyn_cast<BinaryOperator>(E); Compare && Compare->isEqualityOp()) {
    bool Equal = Compare->getOpcode() == BO_EQ;
    if (isNullModule(Compare->getRHS()))
      return Of(Compare->getLHS(), !Equal);
    if (isNullModule(Compare->getLHS()))
      return Of(Compare->getRHS(), !Equal);
    return std::nullopt;
  }
  if (const auto *Compare = dyn_cast<CXXOperatorCallExpr>(E);
      Compare && Compare->getNumArgs() == 2 &&
      (Compare->getOperator() == OO_EqualEqual || Compare->getOperator() == OO_ExclaimEqual)) {
    bool Equal = Compare->getOperator() == OO_EqualEqual;
    if (isNullModule(Compare->getArg(1)))
      return Of(Compare->getArg(0), !Equal);
    if (isNullModule(Compare->getArg(0)))
      return Of(Compare->getArg(1), !Equal);
    return std::nullopt;
  }
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(E); Call && Call->getMethodDecl()) {
    const CXXMethodDecl *Method = Call->getMethodDecl();
    const Expr *Object = Call->getImplicitObjectArgument();
    if (isa<CXXConversionDecl>(Method) ||
        (Method->getIdentifier() && Method->getName() == "has_value"))
      return Of(Object, true);
    bool OnHolder = Object && !isa<CXXOperatorCallExpr>(Object->IgnoreParenImpCasts());
    if (Method->getIdentifier() && Method->getName() == "is_empty" && OnHolder)
      return Of(Object, false);
  }
  return Of(E, true);
}

// A key under which equal conditions meet, and whether the condition is its negation.
std::pair<std::string, bool> PathWalker::canonical(const Expr *E, const PathState &State) const {
  E = stripCondition(E);
  if (const auto *Default = dyn_cast<CXXDefaultArgExpr>(E))
    return canonical(Default->getExpr(), State);
  if (const auto *Construct = dyn_cast<CXXConstructExpr>(E);
      Construct && Construct->getNumArgs() == 1)
    return canonical(Construct->getArg(0), State);
  if (const auto *Temporary = dyn_cast<MaterializeTemporaryExpr>(E))
    return canonical(Temporary->getSubExpr(), State);
  if (const auto *Bind = dyn_cast<CXXBindTemporaryExpr>(E))
    return canonical(Bind->getSubExpr(), State);
  if (const auto *Unary = dyn_cast<UnaryOperator>(E); Unary && Unary->getOpcode() == UO_LNot) {
    auto [Key, Negated] = canonical(Unary->getSubExpr(), State);
    return {Key, !Negated};
  }
  if (const auto *Binary = dyn_cast<BinaryOperator>(E)) {
    std::string Left = canonical(Binary->getLHS(), State).first,
                Right = canonical(Binary->getRHS(), State).first;
    switch (Binary->getOpcode()) {
    case BO_NE:
      return {"(" + Left + "==" + Right + ")", true};
    case BO_GE:
      return {"(" + Left + "<" + Right + ")", true};
    case BO_LE:
      return {"(" + Left + ">" + Right + ")", true};
    default:
      return {"(" + Left + Binary->getOpcodeStr().str() + Right + ")", false};
    }
  }
  if (const ValueDecl *D = place(E, State)) {
    auto Alias = State.Aliases.find(D);
    if (Alias != State.Aliases.end() && !Alias->second.empty()) {
      bool Negated = Alias->second[0] == '!';
      return {Negated ? Alias->second.substr(1) : Alias->second, Negated};
    }
    auto Version = State.Versions.find(D);
    return {D->getNameAsString() + "@" + std::to_string(reinterpret_cast<uintptr_t>(D)) + "#" +
                std::to_string(Version == State.Versions.end() ? 0 : Version->second),
            false};
  }
  if (const auto *Member = dyn_cast<MemberExpr>(E))
    return {canonical(Member->getBase(), State).first + "." +
                Member->getMemberDecl()->getNameAsString(),
            false};
  if (const auto *Call = dyn_cast<CallExpr>(E)) {
    std::string Key;
    if (const auto *Method = dyn_cast<CXXMemberCallExpr>(E);
        Method && Method->getImplicitObjectArgument())
      Key = canonical(Method->getImplicitObjectArgument(), State).first + ".";
    if (const FunctionDecl *Callee = Call->getDirectCallee())
      Key += Callee->getNameAsString();
    Key += "(";
    for (const Expr *Argument : Call->arguments())
      Key += canonical(Argument, State).first + ",";
    return {Key + ")", false};
  }
  std::string Text;
  llvm::raw_string_ostream Stream(Text);
  E->printPretty(Stream, nullptr, Context.getPrintingPolicy());
  return {Stream.str(), false};
}

bool PathWalker::assume(const Expr *Condition, bool Taken, PathState &State) {
  const Expr *E = stripCondition(Condition);
  if (const auto *Literal = dyn_cast<CXXBoolLiteralExpr>(E))
    return Literal->getValue() == Taken;
  // A block that ends a chain of && or || is asked for the whole chain: its last operand decides.
  if (const auto *Binary = dyn_cast<BinaryOperator>(E); Binary && Binary->isLogicalOp())
    return assume(Binary->getRHS(), Taken, State);
  if (auto Test = asNullTest(E, State)) {
    PathValue &Value = valueOf(Test->Place, State);
    bool NonNull = Taken == Test->NonNullWhenTrue;
    if (Value.Null == Nullness::Unknown) {
      unsigned Symbol = Value.Symbol;
      Value.Null = NonNull ? Nullness::NonNull : Nullness::Null;
      if (Symbol)
        for (auto &[Other, OtherValue] : State.Values)
          if (OtherValue.Symbol == Symbol)
            OtherValue.Null = Value.Null;
      return true;
    }
    return (Value.Null == Nullness::NonNull) == NonNull;
  }
  auto [Key, Negated] = canonical(E, State);
  if (Key == "true" || Key == "false")
    return (Key == "true") != Negated ? Taken : !Taken;
  auto Known = State.Conditions.find(Key);
  if (Known != State.Conditions.end())
    return Known->second == (Taken != Negated);
  if (isRepeated(E))
    State.Conditions.emplace(Key, Taken != Negated);
  return true;
}

bool PathWalker::isRepeated(const Expr *Condition) {
  if (!SpellingsKnown) {
    SpellingsKnown = true;
    ConditionSpellings Visitor(Spellings, Context);
    for (const CXXMethodDecl *Method : visibleMethods(Class)) {
      Visitor.TraverseStmt(Method->getBody());
      if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Method))
        for (const CXXCtorInitializer *Init : Constructor->inits())
          Visitor.TraverseStmt(Init->getInit());
    }
  }
  return Spellings[ConditionSpellings::rough(Condition, Context)] > 1;
}

void PathWalker::notify(Event Kind, const Expr *E, const ValueDecl *D, const PathState &State) {
  if (Observe)
    Observe(Kind, E, D, State);
}

std::vector<ConstructorOutcome> constructorOutcomes(ASTContext &Context, const CXXRecordDecl *Class,
                                                    const PathWalker::Observer &Observe) {
  std::vector<ConstructorOutcome> Outcomes;
  PathWalker Walker(Context, Class);
  for (const CXXMethodDecl *Method : visibleMethods(Class)) {
    const auto *Constructor = dyn_cast<CXXConstructorDecl>(Method);
    if (!Constructor || Constructor->isDefaulted() || Constructor->isDependentContext())
      continue;
    ConstructorOutcome Outcome;
    Outcome.Constructor = Constructor;
    Outcome.Ends = Walker.run(Constructor, PathState(), Observe);
    Outcome.Unknown = Walker.overflowed();
    Outcomes.push_back(std::move(Outcome));
  }
  return Outcomes;
}

} // namespace torchtidy
