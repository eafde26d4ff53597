#include "model/memory/SpelledSizes.h"
#include "model/memory/Storage.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Shapes.h"
#include "model/torch/Types.h"
#include <numeric>

using namespace clang;

namespace torchtidy {

namespace {

constexpr unsigned MaxDepth = 8;

using Sizes = std::optional<SpelledSizes>;

// The constants of the first braced list among the arguments.
Sizes listed(const CallExpr *Call, const ASTContext &Context) {
  for (const Expr *Argument : writtenArguments(Call)) {
    if (!isArrayRef(Argument->getType()))
      continue;
    const InitListExpr *List = listIn(Argument);
    if (!List)
      return std::nullopt;
    SpelledSizes Found;
    for (const Expr *Size : List->inits())
      Found.push_back(integerConstant(Size, Context));
    return Found;
  }
  return std::nullopt;
}

Sizes sizesOf(const Expr *E, const FunctionDecl *Body, const ASTContext &Context, unsigned Depth) {
  E = E ? stripValue(E) : nullptr;
  if (!E || Depth > MaxDepth)
    return std::nullopt;
  if (const VarDecl *Variable = namedVariable(E)) {
    bool IsGivenOnce =
        Variable->isLocalVarDecl() && !Variable->getType()->isReferenceType() &&
        !anyDescendant<Stmt>(Body->getBody(), [&](const Stmt *S) {
          const auto *Call = dyn_cast<CXXMemberCallExpr>(S);
          return assigns(S, Variable) || (Call && reshapesInPlace(operationOf(Call)) &&
                                          namedVariable(objectOf(Call)) == Variable);
        });
    return IsGivenOnce ? sizesOf(Variable->getInit(), Body, Context, Depth + 1) : std::nullopt;
  }
  const auto *Call = dyn_cast<CallExpr>(E);
  Operation Called = Call ? operationOf(Call) : Operation();
  if (!Called || !isTensorType(Call->getType()))
    return std::nullopt;
  if (Called.has(Creates) || Called.isOneOf({Op::view, Op::reshape}))
    return listed(Call, Context);
  const Expr *Object = isa<CXXMemberCallExpr>(Call) ? objectOf(Call) : argumentFor(Call, 0);
  if (Called.is(Op::unsqueeze)) {
    const Expr *At = argumentFor(Call, isa<CXXMemberCallExpr>(Call) ? 0 : 1);
    Sizes Inner = sizesOf(Object, Body, Context, Depth + 1);
    if (!Inner || !At || integerConstant(At, Context) != 0)
      return std::nullopt;
    Inner->insert(Inner->begin(), 1);
    return Inner;
  }
  return keepsShape(Called) ? sizesOf(Object, Body, Context, Depth + 1) : std::nullopt;
}

// The dimensions of the argument in the order of the result's; nothing where they are not
// constants.
std::optional<llvm::SmallVector<int64_t, 4>> orderAfter(const CallExpr *Call, int64_t Count,
                                                        const ASTContext &Context) {
  llvm::SmallVector<int64_t, 4> Order(Count);
  std::iota(Order.begin(), Order.end(), 0);
  Operation Called = operationOf(Call);
  auto Counted = [&](std::optional<int64_t> Dimension) {
    int64_t At = Dimension ? (*Dimension < 0 ? *Dimension + Count : *Dimension) : -1;
    return At >= 0 && At < Count ? At : -1;
  };
  if (Called.is(Op::permute)) {
    Sizes Dimensions = listed(Call, Context);
    if (!Dimensions || int64_t(Dimensions->size()) != Count)
      return std::nullopt;
    for (int64_t I = 0; I < Count; ++I)
      if ((Order[I] = Counted((*Dimensions)[I])) < 0)
        return std::nullopt;
    return Order;
  }
  if (Called.isOneOf({Op::t, Op::numpy_T}) && Count == 2) {
    std::swap(Order[0], Order[1]);
    return Order;
  }
  if (!Called.isOneOf({Op::transpose, Op::swapaxes, Op::swapdims}))
    return std::nullopt;
  unsigned First = isa<CXXMemberCallExpr>(Call) ? 0 : 1;
  const Expr *From = argumentFor(Call, First), *To = argumentFor(Call, First + 1);
  int64_t A = From ? Counted(integerConstant(From, Context)) : -1;
  int64_t B = To ? Counted(integerConstant(To, Context)) : -1;
  if (A < 0 || B < 0)
    return std::nullopt;
  std::swap(Order[A], Order[B]);
  return Order;
}

} // namespace

std::optional<SpelledSizes> spelledSizes(const Expr *Tensor, const FunctionDecl *Body,
                                         const ASTContext &Context) {
  return sizesOf(Tensor, Body, Context, 0);
}

bool liesInOnePiece(const SpelledSizes &Sizes, int64_t Dimension) {
  if (Dimension < 0)
    Dimension += Sizes.size();
  return Dimension >= 0 && Dimension < int64_t(Sizes.size()) &&
         llvm::all_of(
             llvm::ArrayRef(Sizes).take_front(Dimension),
             [](std::optional<int64_t> Size) { return Size == 1; });
}

bool movesOnesAlone(const CallExpr *Call, const SpelledSizes &Sizes, const ASTContext &Context) {
  std::optional<llvm::SmallVector<int64_t, 4>> Order = orderAfter(Call, Sizes.size(), Context);
  if (!Order)
    return false;
  llvm::erase_if(*Order, [&](int64_t Dimension) { return Sizes[Dimension] == 1; });
  return llvm::is_sorted(*Order);
}

} // namespace torchtidy
