#include "model/paths/PathWalker.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Loops.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxStates = 96;   // per block
constexpr unsigned MaxSteps = 20000; // blocks times states, per entry function

// Calls Visit on the members and locals that a statement may write.
void forEachWritten(const Stmt *S, llvm::function_ref<void(const Expr *)> Visit) {
  forEach<Expr>(S, [&](const Expr *E) {
    if (const Expr *Target = writtenBy(E))
      Visit(Target);
    else if (isa<CXXMemberCallExpr>(E) && llvm::is_contained({"reset", "emplace"}, calleeName(E)))
      Visit(objectOf(E));
  });
}

void add(PathState State, std::vector<PathState> &To) {
  auto Same = llvm::find_if(To, [&](const PathState &P) { return P.sameFacts(State); });
  if (Same == To.end())
    To.push_back(std::move(State));
  else
    Same->mergePath(State);
}

} // namespace

PathWalker::PathWalker(ControlFlowGraphs &Graphs, const CXXRecordDecl *Class, bool Tensors)
    : Class(Class), Graphs(Graphs), Values(Tensors), Conditions(Graphs.context(), Class, Values) {}

std::vector<PathState> PathWalker::run(const FunctionDecl *F, PathState Start,
                                       const Observer &Observe) {
  this->Observe = Observe;
  Steps = 0;
  Overflow = false;
  const FunctionDecl *Definition = visibleDefinition(F);
  if (!Definition || Definition->isDependentContext())
    return {std::move(Start)};
  return runFunction(Definition, std::move(Start));
}

std::vector<PathState> PathWalker::runFunction(const FunctionDecl *F, PathState Start) {
  States Ends;
  const FunctionPaths *Paths = Graphs.of(F);
  if (!Paths) {
    Start.Escaped = true;
    return {std::move(Start)};
  }
  const CFG *Graph = &Paths->graph();
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
    std::vector<std::pair<const CFGBlock *, PathState>> Successors;
    for (PathState &State : runBlock(Block, std::move(In)))
      branch(Block, std::move(State), Successors);
    for (auto &[Successor, State] : Successors) {
      States &Pending = Todo[Successor->getBlockID()];
      add(std::move(State), Pending);
      if (Pending.size() > MaxStates)
        Overflow = true;
    }
  }
  Stack.pop_back();
  States Distinct;
  for (PathState &End : Ends)
    add(std::move(End), Distinct);
  return Distinct;
}

// The states after the block's statements; none where it throws.
PathWalker::States PathWalker::runBlock(const CFGBlock &Block, States In) {
  bool Throws = Block.hasNoReturnElement();
  for (const CFGElement &Element : Block) {
    States Next;
    for (PathState &State : In) {
      if (++Steps > MaxSteps)
        Overflow = true;
      if (Overflow)
        break;
      for (PathState &After : transfer(Element, std::move(State)))
        Next.push_back(std::move(After));
    }
    In = std::move(Next);
    if (auto Statement = Element.getAs<CFGStmt>())
      Throws |= endsPath(Statement->getStmt());
  }
  return Throws ? States() : In;
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
      if (!Conditions.assume(Condition, Taken, Next))
        continue;
      Next.Path.push_back({Terminator, Condition, Taken});
      if (const auto *Choice = dyn_cast<AbstractConditionalOperator>(Terminator))
        Next.Results[Choice] =
            Values.evaluate(Taken ? Choice->getTrueExpr() : Choice->getFalseExpr(), Next);
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
    if (Switch && Condition) {
      const auto *Label = dyn_cast_or_null<SwitchCase>(Successor->getLabel());
      if (!Conditions.assumeCase(Switch, Label, Next))
        continue;
      Next.Path.push_back({Switch, Condition, !IsImplicitDefault, Label});
    }
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
        Do->getCond()->EvaluateAsBooleanCondition(Again, Graphs.context()) && !Again) {
      Out.emplace_back(After, std::move(State));
      return;
    }
  }
  // Which iteration assigned a member is not followed: after the loop it is assigned.
  forEachWritten(loopBody(Loop), [&](const Expr *Target) {
    if (const ValueDecl *D = placeOnPath(Target, State);
        D && isModuleName(D) && Values.of(D, State).Null == Nullness::Null)
      Values.of(D, State).Null = Nullness::NonNull;
  });
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
    else if (const ValueDecl *D = placeOnPath(Binary->getLHS(), State))
      ++State.Versions[D];
  } else if (const auto *Unary = dyn_cast<UnaryOperator>(S)) {
    const ValueDecl *D = placeOnPath(Unary->getSubExpr(), State);
    if (D && Unary->isIncrementDecrementOp())
      ++State.Versions[D];
    else if (D && Unary->getOpcode() == UO_Deref && isModuleName(D))
      notify(Event::Dereference, Unary, D, State);
  } else if (const auto *Return = dyn_cast<ReturnStmt>(S)) {
    if (Return->getRetValue())
      State.Results[nullptr] = Values.evaluate(Return->getRetValue(), State);
  } else if (const auto *Member = dyn_cast<MemberExpr>(S); Member && Member->isArrow()) {
    const ValueDecl *D = placeOnPath(Member->getBase(), State);
    if (D && isModuleName(D))
      notify(Event::Dereference, Member, D, State);
  } else if (const auto *Call = dyn_cast<CallExpr>(S)) {
    return visitCall(Call, std::move(State));
  }
  return {std::move(State)};
}

std::vector<PathState> PathWalker::initialize(const CXXCtorInitializer *Init, PathState State) {
  const Expr *Value = Init->getInit();
  if (const FieldDecl *Field = Init->getAnyMember()) {
    Value = throughDefault(Value);
    if (Values.follows(Field)) {
      State.Values[Field] = Values.stored(Field, Value, State);
    } else if (Value) {
      State.Aliases[Field] = Conditions.key(Value, State);
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
  return inlineCall(Construct->getConstructor(), argumentsOf(Construct), std::move(State), nullptr);
}

void PathWalker::declare(const VarDecl *Var, PathState &State) {
  const Expr *Init = Var->getInit();
  ++State.Versions[Var];
  State.Aliases.erase(Var);
  State.References.erase(Var);
  if (!Init)
    return;
  if (Var->getType()->isReferenceType())
    if (const ValueDecl *Target = placeOnPath(Init, State)) {
      State.References[Var] = Target;
      return;
    }
  if (Values.follows(Var)) {
    State.Values[Var] = Values.stored(Var, Init, State);
    return;
  }
  if (Var->getType()->isScalarType() || Var->getType().isConstQualified()) {
    State.Aliases[Var] = Conditions.key(Init, State);
  }
}

void PathWalker::assign(const Expr *Target, const Expr *Value, PathState &State) {
  // std::tie(a, b) = f(): each name receives something.
  if (const auto *Tie = dyn_cast<CallExpr>(stripValue(Target));
      Tie && isStdDecl(Tie->getDirectCallee())) {
    for (const Expr *Name : Tie->arguments())
      if (const ValueDecl *D = placeOnPath(Name, State); D && isModuleName(D))
        State.Values[D] = Values.unknown(Value);
    return;
  }
  const ValueDecl *D = placeOnPath(Target, State);
  if (!D)
    return;
  if (Values.follows(D)) {
    PathValue Result = Values.stored(D, Value, State);
    if (Values.of(D, State).Registered)
      State.WasRegistered[D] = true;
    State.Values[D] = Result;
    return;
  }
  ++State.Versions[D];
  State.Aliases[D] = Conditions.key(Value, State);
}

void PathWalker::notify(Event Kind, const Expr *E, const ValueDecl *D, const PathState &State) {
  if (Observe)
    Observe(Kind, E, D, State);
}

} // namespace torchtidy
