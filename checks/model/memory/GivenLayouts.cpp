#include "model/memory/GivenLayouts.h"
#include "model/memory/ContiguousCopies.h"
#include "model/memory/MemoryOrder.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 4;

const ParmVarDecl *namedParameter(const Expr *E, const FunctionDecl *Function) {
  const auto *Parameter = dyn_cast_or_null<ParmVarDecl>(E ? namedVariable(E) : nullptr);
  return Parameter && Parameter->getDeclContext() == Function ? Parameter : nullptr;
}

// It has what the caller gave it all through the function.
bool isKept(const ParmVarDecl *Parameter, const FunctionDecl *Function) {
  QualType Type = Parameter->getType();
  bool IsGiven = !Type->isReferenceType() || Type->getPointeeType().isConstQualified();
  return IsGiven && isTensorType(Type) && !isAssignedIn(Function->getBody(), Parameter);
}

GivenLayout givenTo(const ParmVarDecl *Parameter, ControlFlowGraphs &Graphs,
                    const ProjectIndex &Index, unsigned Depth) {
  const auto *Function = dyn_cast_or_null<FunctionDecl>(Parameter->getDeclContext());
  if (!Function || Depth > MaxDepth)
    return {};
  for (const ProjectIndex::CallSite &Site : Index.callsOf(Function)) {
    const Expr *Argument =
        Site.Call ? argumentFor(Site.Call, Parameter->getFunctionScopeIndex()) : nullptr;
    if (!Argument || !Site.In || isa<CXXDefaultArgExpr>(Argument))
      continue;
    if (Layout Of = layoutAt(Argument, Site.Call, Site.In, Graphs);
        Of.Is == Layout::Reordered || Of.Is == Layout::Skipping)
      return {Of, Argument};
    const ParmVarDecl *Outer = namedParameter(Argument, Site.In);
    if (Outer && isKept(Outer, Site.In) && !asksOrderOf(Outer, Site.In))
      if (GivenLayout Found = givenTo(Outer, Graphs, Index, Depth + 1))
        return Found;
  }
  return {};
}

// The variable that keeps the pointer \p E for good; null where none does.
const VarDecl *keeperOf(const CallExpr *Pointer, const Stmt *Body) {
  const VarDecl *Found = nullptr;
  forEach<DeclStmt>(Body, [&](const DeclStmt *Declared) {
    for (const Decl *D : Declared->decls())
      if (const auto *Variable = dyn_cast<VarDecl>(D);
          Variable && Variable->getInit() && Variable->getType()->isPointerType() &&
          stripValue(Variable->getInit()->IgnoreParenCasts()) == Pointer)
        Found = Variable;
  });
  return Found && !isAssignedIn(Body, Found) ? Found : nullptr;
}

class IndexReader {
public:
  IndexReader(const FunctionDecl *Function, const ParmVarDecl *Tensor, ASTContext &Context)
      : Tensor(Tensor), Context(Context) {
    forEach<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
      if (std::optional<int64_t> Dimension = dimensionOf(Call))
        Last = std::max(Last, *Dimension);
    });
  }

  // `(c * h + y) * w + x`, `c * h * w + y * w + x`: each product has the last size.
  bool isDense(const Expr *Index) const {
    llvm::SmallVector<const Expr *, 4> Terms, Factors;
    flatten(Index, BO_Add, Terms);
    unsigned Products = 0;
    for (const Expr *Term : Terms) {
      Factors.clear();
      flatten(Term, BO_Mul, Factors);
      if (Factors.size() < 2)
        continue;
      ++Products;
      if (llvm::none_of(Factors, [&](const Expr *Factor) { return isLastSize(Factor); }))
        return false;
    }
    return Products && Products < Terms.size();
  }

private:
  static void flatten(const Expr *E, BinaryOperatorKind Kind,
                      llvm::SmallVectorImpl<const Expr *> &Into) {
    E = E->IgnoreParenImpCasts();
    const auto *Binary = dyn_cast<BinaryOperator>(E);
    if (!Binary || Binary->getOpcode() != Kind)
      return Into.push_back(E);
    flatten(Binary->getLHS(), Kind, Into);
    flatten(Binary->getRHS(), Kind, Into);
  }

  // 1 of `x.size(1)`
  std::optional<int64_t> dimensionOf(const Expr *E) const {
    const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
    bool IsSize = Call && operationOf(Call).is(Op::size) && Call->getNumArgs() == 1 &&
                  namedVariable(objectOf(Call)) == Tensor;
    return IsSize ? integerConstant(Call->getArg(0), Context) : std::nullopt;
  }

  bool isLastSize(const Expr *Factor) const {
    Factor = stripValue(Factor->IgnoreParenCasts());
    if (const VarDecl *Variable = namedVariable(Factor); Variable && Variable->getInit())
      Factor = stripValue(Variable->getInit()->IgnoreParenCasts());
    std::optional<int64_t> Dimension = dimensionOf(Factor);
    return Dimension && (*Dimension == -1 || (*Dimension == Last && Last > 0));
  }

  const ParmVarDecl *Tensor;
  ASTContext &Context;
  int64_t Last = 0; // the last dimension that is named
};

bool isReadDensely(const CallExpr *Pointer, const ParmVarDecl *Tensor, const FunctionDecl *Function,
                   ASTContext &Context) {
  const VarDecl *Keeper = keeperOf(Pointer, Function->getBody());
  IndexReader Reader(Function, Tensor, Context);
  return anyDescendant<ArraySubscriptExpr>(
      Function->getBody(), [&](const ArraySubscriptExpr *Subscript) {
        const Expr *Base = stripValue(Subscript->getBase()->IgnoreParenCasts());
        return (Base == Pointer || (Keeper && namedVariable(Base) == Keeper)) &&
               Reader.isDense(Subscript->getIdx());
      });
}

// `zeros_like(x)` that is told no memory format, else null.
const CallExpr *asLike(const Expr *E) {
  const auto *Call = dyn_cast_or_null<CallExpr>(E ? stripValue(E) : nullptr);
  bool Is = Call && operationOf(Call).isOneOf(
                        {Op::empty_like, Op::zeros_like, Op::ones_like, Op::full_like});
  return Is && !isToldMemoryFormat(Call) ? Call : nullptr;
}

// Some call is given the memory of both, and none the strides of \p Like.
bool goTogether(const VarDecl *Like, const VarDecl *Copy, const FunctionDecl *Function) {
  if (isAssignedIn(Function->getBody(), Like) || isAssignedIn(Function->getBody(), Copy) ||
      asksOrderOf(Like, Function) || asksOrderOf(Copy, Function))
    return false;
  auto Gives = [&](const CallExpr *Call, const VarDecl *Tensor) {
    return llvm::any_of(argumentsOf(Call), [&](const Expr *Argument) {
      const Expr *E = stripValue(Argument->IgnoreParenCasts());
      if (const VarDecl *Pointer = namedVariable(E);
          Pointer && Pointer->getType()->isPointerType() && Pointer->getInit())
        E = stripValue(Pointer->getInit()->IgnoreParenCasts());
      const auto *Taken = dyn_cast<CallExpr>(E);
      return Taken && isDataPointer(Taken) && namedVariable(objectOf(Taken)) == Tensor;
    });
  };
  return anyDescendant<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
    const FunctionDecl *Callee = calleeOf(Call);
    return Callee && !isLibTorchDecl(Callee) && Gives(Call, Like) && Gives(Call, Copy);
  });
}

// The variables of \p Function that are made of a parameter: `zeros_like(x)`, `x.contiguous()`.
struct MadeOf {
  const VarDecl *Variable;
  const CallExpr *Call;
  const ParmVarDecl *Parameter;
};

} // namespace

GivenLayout layoutGivenTo(const ParmVarDecl *Parameter, ControlFlowGraphs &Graphs,
                          const ProjectIndex &Index) {
  return givenTo(Parameter, Graphs, Index, 0);
}

void forEachDenseUse(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                     llvm::function_ref<const ProjectIndex &()> Index,
                     llvm::function_ref<void(const DenseUse &)> Visit) {
  if (llvm::none_of(Function->parameters(),
                    [](const ParmVarDecl *P) { return isTensorType(P->getType()); }))
    return;
  llvm::SmallVector<MadeOf, 4> Likes, Copies;
  llvm::SmallVector<DenseUse, 2> Uses;
  auto SeeVariable = [&](const VarDecl *Variable) {
    if (const CallExpr *Like = asLike(Variable->getInit())) {
      if (const ParmVarDecl *Tensor = namedParameter(Like->getArg(0), Function))
        Likes.push_back({Variable, Like, Tensor});
    } else if (const CallExpr *Copy = asContiguousCopy(Variable->getInit())) {
      if (const ParmVarDecl *Tensor = namedParameter(objectOf(Copy), Function))
        Copies.push_back({Variable, Copy, Tensor});
    }
  };
  auto See = [&](const Stmt *S) {
    const auto *Call = dyn_cast<CallExpr>(S);
    if (Call && isDataPointer(Call)) {
      const ParmVarDecl *Tensor = namedParameter(objectOf(Call), Function);
      if (Tensor && isReadDensely(Call, Tensor, Function, Graphs.context()))
        Uses.push_back({DenseUse::ByIndex, Call, Tensor, {}});
    } else if (const auto *Declared = dyn_cast<DeclStmt>(S)) {
      for (const Decl *D : Declared->decls())
        if (const auto *Variable = dyn_cast<VarDecl>(D))
          SeeVariable(Variable);
    }
  };
  forEach<Stmt>(Function->getBody(), See, LambdaBodies::Skip);
  for (const MadeOf &Like : Likes)
    if (llvm::any_of(Copies, [&](const MadeOf &Copy) {
          return Copy.Parameter == Like.Parameter &&
                 goTogether(Like.Variable, Copy.Variable, Function);
        }))
      Uses.push_back({DenseUse::LikeIt, Like.Call, Like.Parameter, {}});
  for (DenseUse &Use : Uses) {
    if (!isKept(Use.Parameter, Function) || asksOrderOf(Use.Parameter, Function))
      continue;
    Use.Given = layoutGivenTo(Use.Parameter, Graphs, Index());
    // A tensor like one that leaves elements out has none between its own.
    if (Use.Given && (Use.Is == DenseUse::ByIndex || Use.Given.Of.Is == Layout::Reordered))
      Visit(Use);
  }
}

} // namespace torchtidy
