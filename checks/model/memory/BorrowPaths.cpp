#include "model/memory/BorrowPaths.h"
#include "model/facts/Reads.h"
#include "model/memory/Images.h"
#include "model/memory/LayoutQuestions.h"
#include "model/memory/OwnerEnds.h"
#include "model/memory/SoleHandle.h"
#include "model/memory/Storage.h"
#include "model/paths/Flags.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// More paths than this say nothing.
constexpr unsigned MaxSteps = 4000;

// A place that holds the value.
struct Holder {
  Place Where;
  Carry Held;
  const Stmt *Since = nullptr;
  const Expr *Value = nullptr;
  bool IsLasting = false; // it outlives the function
};

struct PathState {
  llvm::SmallVector<Holder, 4> Holders;
  const Stmt *End = nullptr;
  bool IsEnded = false;
  bool SeedIsFresh = true;

  bool operator==(const PathState &Other) const {
    if (End != Other.End || IsEnded != Other.IsEnded || SeedIsFresh != Other.SeedIsFresh ||
        Holders.size() != Other.Holders.size())
      return false;
    for (auto [A, B] : llvm::zip(Holders, Other.Holders))
      if (A.Where.Root != B.Where.Root || A.Where.Last != B.Where.Last || !(A.Held == B.Held))
        return false;
    return true;
  }
};

// `field = x;`, `field.clear();`
bool givesAnew(const Stmt *S, const FieldDecl *Field) {
  if (auto Assign = asPlainAssignment(S))
    return namedDecl(Assign->Target) == Field && !mentions(Assign->Value, Field);
  const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
  const Expr *Object = Call ? objectOf(Call) : nullptr;
  return Object && namedDecl(Object) == Field &&
         llvm::is_contained({"clear", "assign", "reset"}, calleeName(Call));
}

using Statements = llvm::SmallPtrSet<const Stmt *, 32>;

// Everything below S, what range-for loops add included.
void collect(const Stmt *S, Statements &Into) {
  if (!S || !Into.insert(S).second)
    return;
  for (const Stmt *Child : S->children())
    collect(Child, Into);
}

bool overlaps(const Place &A, const Place &B) {
  if (A.Root != B.Root || A.IsThis != B.IsThis)
    return false;
  return A.Last == B.Last || (A.Root && (A.Last == A.Root || B.Last == A.Root));
}

class Walk {
public:
  Walk(const Borrow &Value, const FunctionDecl *Body, const FunctionPaths &Paths,
       ASTContext &Context)
      : Value(Value), Body(Body), Paths(Paths), Context(Context),
        HasReserve(reserves(Body->getBody(), Value.Owner)) {
    findScope();
  }

  std::optional<Dangling> run() {
    std::optional<FunctionPaths::Place> Start = Paths.placeOf(Value.Seed);
    if (!Start)
      return std::nullopt;
    Todo.push_back({Start->first, Start->second + 1, PathState()});
    unsigned Steps = 0;
    while (!Todo.empty() && !Found && ++Steps < MaxSteps) {
      auto [Block, First, State] = Todo.pop_back_val();
      visitBlock(Block, First, std::move(State));
    }
    return Found;
  }

private:
  struct Work {
    const CFGBlock *Block;
    size_t First;
    PathState State;
  };

  void visitBlock(const CFGBlock *Block, size_t First, PathState State) {
    size_t Index = 0;
    for (const CFGElement &Element : *Block) {
      if (Index++ < First)
        continue;
      if (auto Init = Element.getAs<CFGInitializer>())
        initialises(Init->getInitializer(), State);
      auto Statement = Element.getAs<CFGStmt>();
      if (Statement && (endsPath(Statement->getStmt()) || !step(Statement->getStmt(), State)))
        return;
      if (Found)
        return;
    }
    if (Block->hasNoReturnElement())
      return;
    for (const CFGBlock *Next : Block->succs()) {
      if (!Next)
        continue;
      if (Next == &Paths.graph().getExit())
        leave(State);
      else if (!llvm::is_contained(Seen[Next], State)) {
        Seen[Next].push_back(State);
        Todo.push_back({Next, 0, State});
      }
    }
  }

  // One statement on the path; false: nothing more to learn on it.
  bool step(const Stmt *S, PathState &State) {
    if (S == Value.Seed) {
      State.SeedIsFresh = false; // another round makes another value
      return true;
    }
    if (!State.IsEnded && leavesScope(S))
      State.IsEnded = true;
    if (!State.IsEnded) {
      OwnerEvent Event = eventOf(S, Value.Owner, HasReserve, &Context);
      if (Event == OwnerEvent::Passes)
        return false;
      if (Event == OwnerEvent::Ends) {
        State.IsEnded = true;
        State.End = S;
      }
    } else if (const Expr *Read = readIn(S, State)) {
      report(Dangling::Used, S, Read, nullptr, State, of(Read, State));
      return false;
    }
    if (const auto *Return = dyn_cast<ReturnStmt>(S)) {
      returns(Return, State);
      return !Found;
    }
    return transfer(S, State);
  }

  // --- where the owner's scope ends ---

  void findScope() {
    const Stmt *Top = nullptr;
    if (Value.Owner.End == MemoryEnd::Statement) {
      Top = Value.Seed;
      while (const auto *Above = dyn_cast_or_null<Expr>(parentStmt(Top, Context)))
        Top = Above;
    } else if (const auto *Variable = dyn_cast_or_null<VarDecl>(Value.Owner.Owner);
               Variable && Value.Owner.End == MemoryEnd::Scope && !isa<ParmVarDecl>(Variable)) {
      walkUp(DynTypedNode::create(*Variable), Context, [&](const DynTypedNode &Node) {
        Top = Node.get<Stmt>();
        return !Top || isa<DeclStmt>(Top);
      });
    }
    collect(Top, Scope);
    if (!Scope.empty())
      collect(Body->getBody(), Everything);
    for (auto [Synthetic, Whole] : Paths.graph().synthetic_stmts())
      if (Scope.contains(Whole))
        Scope.insert(Synthetic);
  }

  bool leavesScope(const Stmt *S) const {
    if (Scope.empty())
      return false;
    // What a graph adds of its own stands nowhere.
    if (!Scope.contains(S) && Everything.contains(S))
      return true;
    // The next round of a loop declares it anew.
    return torchtidy::declares(S, Value.Owner.Owner);
  }

  // --- who holds the value ---

  Carry of(const Expr *E, const PathState &State) const {
    auto Held = [&](const Place &P) {
      for (const Holder &H : State.Holders)
        if (overlaps(H.Where, P))
          return H.Held;
      return Carry();
    };
    Carry Found = carriedBy(E, Value, State.SeedIsFresh, Held, Context);
    return Found.MayCopy && isDecidedByDevice(Found.MayCopy) ? Carry() : Found;
  }

  // `t.to(device)`, where the code asks what `device` is: it may have seen to it that this copies.
  bool isDecidedByDevice(const CallExpr *Copy) const {
    return llvm::any_of(argumentsOf(Copy), [&](const Expr *Argument) {
      return anyDescendant<Expr>(Argument, [&](const Expr *Part) {
        const ValueDecl *Device = isa<DeclRefExpr, MemberExpr>(Part) && isDevice(Part->getType())
                                      ? namedDecl(Part)
                                      : nullptr;
        return Device && asksDeviceKind(Body, Device);
      });
    });
  }

  static void drop(const Place &P, PathState &State) {
    llvm::erase_if(State.Holders, [&](const Holder &H) {
      return H.Where.Root == P.Root && H.Where.IsThis == P.IsThis &&
             (H.Where.Last == P.Last || (P.Root && P.Last == P.Root));
    });
  }

  void hold(Place P, Carry Held, const Stmt *Since, const Expr *From, PathState &State) const {
    if (!P)
      return;
    if (!P.Last)
      P.Last = P.Root;
    for (const Holder &H : State.Holders)
      if (H.Where.Root == P.Root && H.Where.Last == P.Last && H.Where.IsThis == P.IsThis)
        return;
    State.Holders.push_back({P, Held, Since, From, outlives(P)});
  }

  bool outlives(const Place &P) const {
    if (P.IsThis)
      return !isa<CXXDestructorDecl>(Body);
    const auto *Variable = dyn_cast_or_null<VarDecl>(P.Root);
    if (!Variable)
      return false;
    if (Variable->hasGlobalStorage())
      return !Body->isMain(); // the program ends with it
    if (Variable->getDeclContext() != Body)
      return true; // captured by reference
    QualType Type = Variable->getType();
    if (!isa<ParmVarDecl>(Variable))
      return false;
    return takesToChange(Type) ||
           (P.ThroughPointer && !isStdNamed(Type->getAsCXXRecordDecl(), {"unique_ptr"}));
  }

  void initialises(const CXXCtorInitializer *Init, PathState &State) const {
    const FieldDecl *Field = Init->getAnyMember();
    Carry Held = Field && canCarry(Field->getType()) ? of(Init->getInit(), State) : Carry();
    if (Held)
      hold({nullptr, Field, true, false}, Held, Init->getInit(), Init->getInit(), State);
  }

  // What S gives to whom.
  bool transfer(const Stmt *S, PathState &State) const {
    if (const auto *Declared = dyn_cast<DeclStmt>(S)) {
      replacesEach(Declared, State);
      for (const Decl *D : Declared->decls())
        if (const auto *Variable = dyn_cast<VarDecl>(D))
          declares(Variable, S, State);
      return true;
    }
    if (auto Assign = asPlainAssignment(S)) {
      const auto *Operator = dyn_cast<CXXOperatorCallExpr>(S);
      if (Operator && copiesInto(Operator))
        return true;
      Place Target = resolvedPlace(Assign->Target);
      Carry Held = canCarry(Assign->Target->getType()) ? of(Assign->Value, State) : Carry();
      const Expr *Written = stripValue(Assign->Target); // *holder = x replaces it whole
      bool IsPart =
          isa<CXXOperatorCallExpr, ArraySubscriptExpr>(Written) && !asOperator(Written, OO_Star);
      // b[0] = b[0].clone()
      const auto *Root = dyn_cast_or_null<VarDecl>(Target.Root);
      bool IsOfItself = !Held && Root && mentions(Assign->Value, Root);
      if (!IsPart || IsOfItself)
        drop(Target, State);
      if (Held)
        hold(Target, Held, S, Assign->Value, State);
      return true;
    }
    const auto *Call = dyn_cast<CallExpr>(S);
    return !Call || calls(Call, State);
  }

  void declares(const VarDecl *Variable, const Stmt *S, PathState &State) const {
    drop({Variable, Variable, false, false}, State);
    const Expr *Init = Variable->getInit();
    if (!Init || !canCarry(Variable->getType()))
      return;
    if (Carry Held = of(Init, State))
      hold({Variable, Variable, false, false}, Held, S, Init, State);
  }

  // `for (auto &t : b) t = t.clone();`, where the loop begins: without a round there is no element.
  void replacesEach(const DeclStmt *Range, PathState &State) const {
    if (State.Holders.empty())
      return;
    const auto *Loop = dyn_cast_or_null<CXXForRangeStmt>(parentStmt(Range, Context));
    if (!Loop || Loop->getRangeStmt() != Range)
      return;
    if (anyDescendant<Expr>(Loop->getBody(), [&](const Expr *E) {
          return assigns(E, Loop->getLoopVariable()) && makesOwnMemory(asPlainAssignment(E)->Value);
        }))
      drop(resolvedPlace(Loop->getRangeInit()), State);
  }

  static Place placeOfObject(const Expr *Object) {
    Place P = resolvedPlace(Object);
    P.ThroughPointer |= Object->getType()->isPointerType(); // list->push_back(x)
    return P;
  }

  bool calls(const CallExpr *Call, PathState &State) const {
    llvm::StringRef Name = calleeName(Call);
    const FunctionDecl *Callee = Call->getDirectCallee();
    const Expr *Object = objectOf(Call);
    if (Object && fillsContainer(Call)) {
      QualType Filled = Object->getType();
      if (Filled->isPointerType())
        Filled = Filled->getPointeeType();
      for (const Expr *Argument : Call->arguments())
        if (Carry Held = canCarry(Filled) ? of(Argument, State) : Carry())
          hold(placeOfObject(Object), Held, Call, Argument, State);
      return true;
    }
    if (Object && operationNamed(Name).is(Op::detach) &&
        isStdNamed(recordOf(Object), {"thread", "jthread"}))
      if (Carry Held = of(Object, State)) {
        // The thread goes on when the function has returned.
        State.Holders.push_back({{}, Held, Call, Object, true});
        return true;
      }
    // Which element goes is not followed.
    if (Object && (Name == "reset" || (changesContainer(Name) && !isFiller(Name))))
      drop(resolvedPlace(Object), State);
    // std::transform(b.begin(), b.end(), b.begin(), …) writes the elements.
    if (isStdNamed(Callee, {"transform", "for_each", "generate", "generate_n"}))
      for (const Expr *Argument : Call->arguments())
        if (const Expr *Container = objectOf(stripValue(Argument)))
          drop(resolvedPlace(Container), State);
    if (const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Callee);
        Method && Object && isa<CXXThisExpr>(Object->IgnoreParenImpCasts()))
      llvm::erase_if(State.Holders, [&](const Holder &H) {
        const auto *Field = dyn_cast_or_null<FieldDecl>(H.Where.Last);
        return H.Where.IsThis && Field && empties(visibleDefinition(Method), Field);
      });
    if (Name == "swap")
      return false;
    // resize(image, image, size), image.convertTo(image, type): other memory where it does not fit.
    if (Callee && outermostNamespace(Callee) == "cv")
      for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee))
        if (isOutputProxy(Parameter->getType()) && !isOnlyDrawnInto(Parameter->getType()))
          drop(resolvedPlace(throughProxy(Argument)), State);
    if (!Callee || isLibTorchDecl(Callee) || isStdDecl(Callee))
      return true;
    // A function out of LibTorch may give what it is handed by reference another value.
    for (auto [Argument, Parameter] : argumentsWithParameters(Call, Callee)) {
      QualType Type = Parameter->getType();
      bool MayWrite =
          takesToChange(Type) || (Type->isPointerType() && pointee(Argument) != Argument);
      if (MayWrite && of(Argument, State))
        drop(resolvedPlace(pointee(Argument)), State);
    }
    return true;
  }

  // A function of the class that clears the member or gives it another value.
  static bool empties(const FunctionDecl *Function, const FieldDecl *Field) {
    return Function && anyDescendant<Expr>(Function->getBody(),
                                           [&](const Expr *E) { return givesAnew(E, Field); });
  }

  // --- how it outlives its owner ---

  void report(Dangling::HowType How, const Stmt *Where, const Expr *E, const ValueDecl *Keeper,
              const PathState &State, Carry Held) {
    const Expr *Leaf = leaf(E, State);
    if (!isRuledOut(Where, State.End, Leaf))
      Found = Dangling{How, Where, Leaf, Keeper, State.End, State.IsEnded, Held.MayCopy};
  }

  bool isBefore(const Stmt *First, const Stmt *Then) const {
    return Context.getSourceManager().isBeforeInTranslationUnit(First->getBeginLoc(),
                                                                Then->getBeginLoc());
  }

  // `if (c) t = t.clone(); if (c) delete[] p;`: whatever ends the memory or uses it would have
  // given the name another value before.
  bool isRuledOut(const Stmt *Where, const Stmt *End, const Expr *Leaf) const {
    const VarDecl *Variable = Leaf ? namedVariable(Leaf) : nullptr;
    Guards Through = guardsAt(Where, Context);
    if (End)
      Through.append(guardsAt(End, Context));
    if (!Variable || Through.empty())
      return false;
    return anyDescendant<Expr>(Body->getBody(), [&](const Expr *Store) {
      if (!assigns(Store, Variable) || isBefore(Store, Value.Seed) || isBefore(Where, Store))
        return false;
      Guards Around = guardsAt(Store, Context);
      llvm::erase_if(Around, [&](const Guard &Each) {
        return llvm::any_of(Through,
                            [&](const Guard &Other) { return Other.Branch == Each.Branch; });
      });
      return Around.size() == 1 && llvm::any_of(Through, [&](const Guard &Each) {
               return mayImply(Each, Around.front(), Context);
             });
    });
  }

  // The tensor or pointer in what groups it: `x` of `return {x, y};`.
  const Expr *leaf(const Expr *E, const PathState &State) const {
    for (unsigned Depth = 0; E && Depth < 16; ++Depth) {
      if (isTensorType(E->getType()) || E->getType()->isPointerType() || isArrayRef(E->getType()))
        return E;
      const Expr *Part = nullptr;
      for (const Stmt *Child : E->children())
        if (const auto *Inner = dyn_cast_or_null<Expr>(Child); Inner && of(Inner, State)) {
          Part = Inner;
          break;
        }
      if (!Part || isa<LambdaExpr>(E))
        break;
      E = Part;
    }
    return E;
  }

  void returns(const ReturnStmt *Return, const PathState &State) {
    const Expr *E = Return->getRetValue();
    if (!E || !canCarry(E->getType()))
      return;
    const ValueDecl *Named = namedDecl(E);
    bool IsOwner = Named && Named == Value.Owner.Owner; // it moves out with its memory
    Carry Held = IsOwner ? Carry() : of(E, State);
    if (Held && (Value.Owner.isLocal() || State.IsEnded))
      report(Dangling::Returned, Return, E, nullptr, State, Held);
  }

  void leave(const PathState &State) {
    if (!Value.Owner.isLocal() && !State.IsEnded)
      return;
    for (const Holder &H : State.Holders)
      if (H.IsLasting && !Found)
        report(Dangling::Stored, H.Since, H.Value, H.Where.Last, State, H.Held);
  }

  // The operand by which S reads the memory.
  const Expr *readIn(const Stmt *S, const PathState &State) const {
    if (const auto *Subscript = dyn_cast<ArraySubscriptExpr>(S))
      return of(Subscript->getBase(), State) && Subscript->getBase()->getType()->isPointerType()
                 ? Subscript->getBase()
                 : nullptr;
    if (const auto *Unary = dyn_cast<UnaryOperator>(S))
      return Unary->getOpcode() == UO_Deref && of(Unary->getSubExpr(), State) ? Unary->getSubExpr()
                                                                              : nullptr;
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(S)) {
      if (Construct->getConstructor()->isCopyOrMoveConstructor() || of(Construct, State))
        return nullptr;
      return firstCarrying(argumentsOf(Construct), State);
    }
    const auto *Call = dyn_cast<CallExpr>(S);
    return Call ? readBy(Call, State) : nullptr;
  }

  const Expr *firstCarrying(llvm::ArrayRef<const Expr *> Arguments, const PathState &State) const {
    for (const Expr *Argument : Arguments)
      if (of(Argument, State))
        return Argument;
    return nullptr;
  }

  const Expr *readBy(const CallExpr *Call, const PathState &State) const {
    const FunctionDecl *Callee = Call->getDirectCallee();
    llvm::StringRef Name = nameOf(Callee);
    const Expr *Object = objectOf(Call);
    if (const auto *Assign = asOperator(Call, OO_Equal); Assign && !copiesInto(Assign))
      return nullptr;
    if (Object && !isa<CXXOperatorCallExpr>(Call)) {
      if (isFiller(Name) || (isStdDecl(Callee) && isStdDecl(recordOf(Object))))
        return nullptr; // of the container, not of what is in it
      if (isArrayRef(Object->getType()) && (Name == "size" || Name == "empty"))
        return nullptr;
    }
    Operation Called = operationOf(Call);
    bool AsksTensor = Object && isTensorType(Object->getType());
    if (AsksTensor &&
        (Called.has(SetsProperty) || (Called.Gives == ResultKind::Host && !Called.has(Waits))))
      return nullptr;
    if (of(Call, State) && !Called.writesValues())
      return nullptr; // a view
    if (AsksTensor && Called.has(TakesUndefined) && !Called.has(HasEffect))
      return nullptr;
    if (Object && of(Object, State))
      return Name == "reset" ? nullptr : Object;
    return firstCarrying(argumentsOf(Call), State);
  }

  static const CXXRecordDecl *recordOf(const Expr *E) {
    QualType Type = E->getType();
    return (Type->isPointerType() ? Type->getPointeeType() : Type)->getAsCXXRecordDecl();
  }

  const Borrow &Value;
  const FunctionDecl *Body;
  const FunctionPaths &Paths;
  ASTContext &Context;
  const bool HasReserve;
  Statements Scope; // those that run while the owner lives; empty: the whole function
  Statements Everything;
  std::optional<Dangling> Found;
  llvm::SmallVector<Work, 16> Todo;
  llvm::DenseMap<const CFGBlock *, llvm::SmallVector<PathState, 2>> Seen;
};

// Gives the member another value before it does anything else with it.
bool fillsFirst(const FunctionDecl *Function, const FieldDecl *Field) {
  const auto *Block = dyn_cast_or_null<CompoundStmt>(Function->getBody());
  if (!Block)
    return false;
  for (const Stmt *S : Block->body()) {
    const auto *E = dyn_cast<Expr>(S);
    if (E && givesAnew(stripValue(E), Field))
      return true;
    if (mentions(S, Field))
      return false;
  }
  return false;
}

// A private function that \p Whole alone calls, once \p From is done: while it runs the memory is
// there.
bool isPartOf(const FunctionDecl *Function, const FunctionDecl *Whole, const Stmt *From,
              const ProjectIndex &Index) {
  llvm::ArrayRef<ProjectIndex::CallSite> Calls = Index.callsOf(Function);
  return isa<CXXMethodDecl>(Function) && Function->getAccess() == AS_private && !Calls.empty() &&
         Index.callsTaking(Function).empty() &&
         llvm::all_of(Calls, [&](const ProjectIndex::CallSite &Site) {
           return Site.Call && Site.In &&
                  Site.In->getCanonicalDecl() == Whole->getCanonicalDecl() &&
                  Whole->getASTContext().getSourceManager().isBeforeInTranslationUnit(
                      From->getBeginLoc(), Site.Call->getBeginLoc());
         });
}

} // namespace

std::optional<Dangling> BorrowPaths::follow(const Borrow &Value, const FunctionDecl *Body) const {
  const FunctionPaths *Paths = Graphs.of(Body);
  const FunctionDecl *Definition = visibleDefinition(Body);
  if (!Paths || !Definition || !Value.Seed || !Value.Owner.isKnown())
    return std::nullopt;
  // What a lambda captured lives on when it returns.
  Borrow InBody = Value;
  if (Value.Owner.End == MemoryEnd::Scope && Value.Owner.Owner &&
      Value.Owner.Owner->getDeclContext() != Definition)
    InBody.Owner.End = MemoryEnd::Explicit;
  return Walk(InBody, Definition, *Paths, Graphs.context()).run();
}

bool isReadLater(const Dangling &Found, const FunctionDecl *Body, const ProjectIndex &Index) {
  const auto *Field = dyn_cast_or_null<FieldDecl>(Found.Keeper);
  if (Found.How != Dangling::Stored || !Field || Field->getAccess() != AS_private)
    return true;
  llvm::SmallVector<const FunctionDecl *, 32> Others;
  for (const FunctionDecl *Function : Index.functions())
    if (Function->getCanonicalDecl() != Body->getCanonicalDecl() && !fillsFirst(Function, Field) &&
        !isPartOf(Function, Body, Found.Where, Index))
      Others.push_back(Function);
  return isRead(Field, Others);
}

} // namespace torchtidy
