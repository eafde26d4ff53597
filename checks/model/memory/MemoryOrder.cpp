#include "model/memory/MemoryOrder.h"
#include "model/memory/FactoryDTypes.h"
#include "model/memory/StridedMemory.h"
#include "model/paths/ReachingValues.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 6;

// What an operation makes of its object's order.
enum class Order { Made, Handed, Lost };

Order orderOf(const Operation &Called) {
  if (Called.is(Op::contiguous) || Called.has(Creates))
    return Order::Made;
  if (Called.isOneOf({Op::view, Op::view_as, Op::flatten, Op::unflatten, Op::reshape_as}))
    return Order::Handed;
  if (Called.has(KeepsOrder) || Called.has(Converts) || Called.is(Op::clone) || Called.mayView() ||
      Called.Gives == ResultKind::Self)
    return reordersOrSkips(Called) ? Order::Lost : Order::Handed;
  return Called.alwaysCopies() ? Order::Made : Order::Lost;
}

const Expr *objectIfMember(const CallExpr *Call) {
  return isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : nullptr;
}

// `torch::empty(sizes, options)`: they may ask for another order.
bool asksOptions(const CallExpr *Call) {
  return isToldMemoryFormat(Call) || llvm::any_of(writtenArguments(Call), [](const Expr *Argument) {
           return isTensorOptions(spelledArgument(Argument)->getType());
         });
}

class SomeOrder {
public:
  explicit SomeOrder(const ProjectIndex &Index) : Index(Index) {}

  bool of(const ValueDecl *Tensor, unsigned Depth = 0) const {
    unsigned Given = 0, GivenInOrder = 0;
    for (const ProjectIndex::Store &Store : Index.storesOf(Tensor)) {
      bool Is = Store.Value && of(Store.Value, Depth + 1);
      if (Store.Kind != ProjectIndex::Store::Argument && Is)
        return true;
      if (Store.Kind == ProjectIndex::Store::Argument) {
        ++Given;
        GivenInOrder += Is;
      }
    }
    return Given && Given == GivenInOrder;
  }

private:
  bool of(const Expr *E, unsigned Depth) const {
    E = stripValue(E);
    if (!E || Depth > MaxDepth)
      return false;
    if (const ValueDecl *Named = namedDecl(E))
      return of(Named, Depth);
    const auto *Call = dyn_cast<CallExpr>(E);
    Operation Called = Call ? operationOf(Call) : Operation();
    if (!Called)
      return false;
    Order Is = orderOf(Called);
    if (Is != Order::Handed)
      return Is == Order::Made;
    const Expr *Object = objectIfMember(Call);
    return Object && of(Object, Depth + 1);
  }

  const ProjectIndex &Index;
};

class EveryOrder {
public:
  EveryOrder(ControlFlowGraphs &Graphs, const ProjectIndex &Index) : Graphs(Graphs), Index(Index) {}

  bool of(const Expr *E, const Stmt *At) {
    E = stripValue(E);
    if (!E)
      return false;
    if (const VarDecl *Variable = namedVariable(E))
      return ofLocal(Variable, At);
    const auto *Call = dyn_cast<CallExpr>(E);
    if (!Call || !isTensorType(Call->getType()))
      return false;
    if (const Expr *Whole = wholeOfRow(Call))
      return of(Whole, At);
    Operation Called = operationOf(Call);
    Order Is = Called ? orderOf(Called) : Order::Lost;
    const Expr *Object = objectIfMember(Call);
    if (asksOptions(Call))
      return false;
    return Is == Order::Made || (Is == Order::Handed && Object && of(Object, At));
  }

private:
  bool ofLocal(const VarDecl *Variable, const Stmt *At) {
    if (!Variable->isLocalVarDeclOrParm() || Variable->isStaticLocal() ||
        Variable->getType()->isReferenceType() ||
        (isa<ParmVarDecl>(Variable) && !isGivenAnew(Variable, At)))
      return false;
    // Asked for already: as it was before, whatever the others are.
    if (!Asked.insert({Variable, At}).second)
      return true;
    llvm::SmallVector<const Expr *, 4> Values = valuesFrom(Variable, At, Graphs, Index);
    return !Values.empty() && llvm::all_of(Values, [&](const Expr *Value) {
      return Value && of(Value, stripValue(Value));
    });
  }

  // Whatever the caller gave: `x = x.contiguous();` stands in the function's own block, before
  // \p At.
  bool isGivenAnew(const VarDecl *Parameter, const Stmt *At) {
    const auto *Function = dyn_cast<FunctionDecl>(Parameter->getDeclContext());
    const FunctionPaths *Paths = Function ? Graphs.of(Function) : nullptr;
    const auto *Block = Paths ? dyn_cast_or_null<CompoundStmt>(Function->getBody()) : nullptr;
    return Block && llvm::any_of(Block->body(), [&](const Stmt *S) {
             const auto *E = dyn_cast<Expr>(S);
             const Stmt *Store = E ? stripValue(E) : nullptr;
             return Store && assigns(Store, Parameter) &&
                    Paths->findAfter(
                        Store, [&](const Stmt *Next) { return Next == At; },
                        [](const Stmt *) { return false; });
           });
  }

  // `y[i]`, `y.select(0, i)`, `y.index({j, i})`: the tensor of which it is a row.
  const Expr *wholeOfRow(const CallExpr *Call) const {
    if (const CXXOperatorCallExpr *Subscript = asOperator(Call, OO_Subscript))
      return Subscript->getArg(1)->getType()->isIntegerType() ? Subscript->getArg(0) : nullptr;
    Operation Called = operationOf(Call);
    const Expr *Object = objectIfMember(Call);
    llvm::ArrayRef<const Expr *> Written = writtenArguments(Call);
    if (!Object || Written.empty())
      return nullptr;
    if (Called.is(Op::select))
      return integerConstant(Written[0], Graphs.context()) == 0 ? Object : nullptr;
    if (!Called.is(Op::index))
      return nullptr;
    bool AreIntegers = true;
    unsigned Indices = 0;
    forEach<CXXConstructExpr>(Written[0], [&](const CXXConstructExpr *Index) {
      if (!isNamed(Index->getConstructor()->getParent(), "at::indexing::TensorIndex") ||
          Index->getConstructor()->isCopyOrMoveConstructor())
        return;
      ++Indices;
      AreIntegers &= Index->getNumArgs() >= 1 &&
                     Index->getArg(0)->IgnoreImplicit()->getType()->isIntegerType();
    });
    return Indices && AreIntegers ? Object : nullptr;
  }

  ControlFlowGraphs &Graphs;
  const ProjectIndex &Index;
  llvm::DenseSet<std::pair<const VarDecl *, const Stmt *>> Asked;
};

} // namespace

bool isToldMemoryFormat(const CallExpr *Call) {
  return llvm::any_of(writtenArguments(Call), [](const Expr *Argument) {
    return anyDescendant<Expr>(Argument, [](const Expr *Inner) {
      return nameOf(Inner->getType()->getAsTagDecl()) == "MemoryFormat";
    });
  });
}

bool picksByTensor(const CallExpr *Index) {
  return llvm::any_of(writtenArguments(Index), [](const Expr *Argument) {
    return anyDescendant<Expr>(Argument, [](const Expr *Part) {
      return isa<DeclRefExpr, MemberExpr, CallExpr>(Part) && isTensorType(Part->getType());
    });
  });
}

bool mayLieInOrder(const ValueDecl *Tensor, const ProjectIndex &Index) {
  return SomeOrder(Index).of(Tensor);
}

bool liesInOrder(const Expr *E, const Stmt *At, ControlFlowGraphs &Graphs,
                 const ProjectIndex &Index) {
  return EveryOrder(Graphs, Index).of(E, At);
}

} // namespace torchtidy
