#include "model/training/LossInputs.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Layers.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// What a loss works on.
enum class Wants : uint8_t {
  Anything,
  Scores,
  SigmoidScores,
  Logarithms,
  Divergence,
  Probabilities
};

Wants wantsOf(const CallExpr *Call) {
  if (isLossRun(Call))
    switch (layerOf(moduleOf(asModelRun(Call)->Model->getType()))) {
    case Layer::CrossEntropyLoss:
      return Wants::Scores;
    case Layer::NLLLoss:
      return Wants::Logarithms;
    case Layer::KLDivLoss:
      return Wants::Divergence;
    case Layer::BCELoss:
      return Wants::Probabilities;
    case Layer::BCEWithLogitsLoss:
      return Wants::SigmoidScores;
    default:
      return Wants::Anything;
    }
  Operation Called = operationOf(Call);
  if (Called.isOneOf({Op::cross_entropy, Op::cross_entropy_loss}))
    return Wants::Scores;
  if (Called.isOneOf({Op::nll_loss, Op::nll_loss2d, Op::nll_loss_nd}))
    return Wants::Logarithms;
  if (Called.is(Op::kl_div))
    return Wants::Divergence;
  if (Called.is(Op::binary_cross_entropy))
    return Wants::Probabilities;
  return Called.is(Op::binary_cross_entropy_with_logits) ? Wants::SigmoidScores : Wants::Anything;
}

// Its options may say that nothing is reduced, or are not made here: `nll_loss(q, actions, {},
// None)` gathers elements.
bool mayReduceNothing(const CallExpr *Loss, const ProjectIndex &Index) {
  auto Says = [](const Expr *Code) {
    return anyDescendant<Expr>(Code, [](const Expr *E) {
      const auto *Ref = dyn_cast<DeclRefExpr>(E);
      return calleeName(E) == "reduction" ||
             (Ref && (nameOf(Ref->getDecl()) == "None" || nameOf(Ref->getDecl()) == "kNone"));
    });
  };
  if (auto Run = isLossRun(Loss) ? asModelRun(Loss) : std::nullopt) {
    const ValueDecl *Module = namedDecl(stripArrow(Run->Model));
    auto Values = Module ? Index.valuesOf(Module) : llvm::SmallVector<const Expr *, 4>();
    return Values.empty() ||
           llvm::any_of(Values, [&](const Expr *Value) { return Value && Says(Value); });
  }
  return Says(Loss) || llvm::any_of(writtenArguments(Loss), [](const Expr *Argument) {
           const ValueDecl *Name = namedDecl(Argument);
           return Name && !isTensorType(Name->getType()) && Name->getType()->isRecordType();
         });
}

std::optional<LossInput::Kind> mistakeOf(Wants Loss, Scores Given) {
  bool IsProbability = Given == Scores::Softmax || Given == Scores::Sigmoid;
  switch (Loss) {
  case Wants::Scores:
  case Wants::SigmoidScores:
    if (IsProbability)
      return LossInput::SquashedTwice;
    break;
  case Wants::Logarithms:
    if (Given == Scores::Raw)
      return LossInput::Unbounded;
    [[fallthrough]];
  case Wants::Divergence:
    if (IsProbability)
      return LossInput::NoLogarithms;
    break;
  case Wants::Probabilities:
    if (Given == Scores::Raw || Given == Scores::Log)
      return LossInput::OutsideProbability;
    break;
  case Wants::Anything:
    break;
  }
  return std::nullopt;
}

} // namespace

void forEachLossInput(const FunctionDecl *Function, llvm::function_ref<ScoreKinds &()> Kinds,
                      llvm::function_ref<const ProjectIndex &()> Index,
                      llvm::function_ref<void(const LossInput &)> Visit) {
  for (const Stmt *Code : codeOf(Function))
    forEach<CallExpr>(Code, [&](const CallExpr *Call) {
      Wants Loss = wantsOf(Call);
      const Expr *Input = Loss == Wants::Anything || Call->getBeginLoc().isMacroID()
                              ? nullptr
                              : argumentFor(Call, 0);
      if (!Input)
        return;
      ScoreKind Given = Kinds().of(Input);
      auto Mistake = mistakeOf(Loss, Given.Is);
      if (Mistake == LossInput::Unbounded && mayReduceNothing(Call, Index()))
        return;
      if (Mistake)
        Visit({*Mistake, Call, Loss == Wants::SigmoidScores, Input, Given});
    });
}

} // namespace torchtidy
