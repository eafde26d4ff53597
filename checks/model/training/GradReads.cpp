#include "model/training/GradReads.h"
#include "model/facts/GradMode.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/GraphSources.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

// `loss.backward()`, which fills grad(); autograd::grad() gives its result instead.
bool fillsGradients(const CallExpr *Call) {
  return runsBackward(Call) && Call->getType()->isVoidType();
}

bool retains(const FunctionDecl *Function, const ValueDecl *Tensor) {
  return llvm::any_of(codeOf(Function), [&](const Stmt *Code) {
    return anyDescendant<CallExpr>(Code, [&](const CallExpr *Call) {
      Operation Called = operationOf(Call);
      return Called.is(Op::retain_grad) && mentions(Call, Tensor);
    });
  });
}

// The one value that the code gives it.
const Expr *onlyValue(const ValueDecl *D, const ProjectIndex &Index) {
  const Expr *Value = nullptr;
  unsigned Count = 0;
  for (const ProjectIndex::Store &Store : Index.storesOf(D)) {
    if (Store.Kind == ProjectIndex::Store::Implicit)
      continue;
    Value = Store.Value;
    ++Count;
  }
  return Count == 1 ? Value : nullptr;
}

// `EXPECT_FALSE(y.grad().defined())`: the code knows.
bool isAssertion(const CallExpr *Read, ASTContext &Context) {
  return Context.getSourceManager().isMacroArgExpansion(Read->getExprLoc());
}

} // namespace

void forEachNonLeafGrad(const FunctionDecl *Function, ASTContext &Context,
                        llvm::function_ref<const ProjectIndex &()> Index,
                        llvm::function_ref<void(const GradRead &)> Visit) {
  llvm::SmallPtrSet<const ValueDecl *, 4> Asked;
  forEach<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
    if (!namesGradient(Call))
      return;
    const ValueDecl *Tensor = namedDecl(objectOf(Call));
    const auto *Variable = dyn_cast_or_null<VarDecl>(Tensor);
    bool IsOwn = (Variable && Variable->isLocalVarDecl() && !Variable->isCXXForRangeDecl()) ||
                 isa_and_nonnull<FieldDecl>(Tensor);
    if (!Tensor || !IsOwn || !isTensorType(Tensor->getType()) || isAssertion(Call, Context) ||
        !Asked.insert(Tensor).second)
      return;
    const Expr *Value = onlyValue(Tensor, Index());
    GraphSource Source = Value ? GraphSources(Index(), Context).of(Value) : GraphSource{};
    if (!Source || Source.IsLeaf)
      return;
    bool IsFilled = false, IsRetained = false;
    for (const FunctionDecl *Each : Index().functions()) {
      if (isa<VarDecl>(Tensor) && Each != Function)
        continue;
      IsRetained |= retains(Each, Tensor);
      for (const Stmt *Code : codeOf(Each))
        IsFilled |= anyDescendant<CallExpr>(Code, fillsGradients);
    }
    if (!IsFilled || IsRetained)
      return;
    bool HidesLeaf = contains(Value, Source.At) && GraphSources::asksForGrad(Source.At);
    Visit({Call, Tensor, Value, HidesLeaf});
  });
}

} // namespace torchtidy
