#include "LossInputCheck.h"
#include "model/syntax/Callee.h"
#include "model/syntax/SourceText.h"
#include "model/torch/Operations.h"
#include "model/training/LossInputs.h"

using namespace clang;

namespace torchtidy {

namespace {
constexpr size_t MaxLength = 48; // of what is quoted

// `F::cross_entropy`, `criterion`
std::string nameOfLoss(const CallExpr *Loss, const ASTContext &Context) {
  const Expr *Called = isa<CXXOperatorCallExpr>(Loss) ? objectOf(Loss) : Loss->getCallee();
  return sourceText(Called, Context, "this loss", MaxLength);
}

// What takes, or makes, what is there.
Op insteadOf(const LossInput &Found) {
  if (Found.Is == LossInput::Unbounded)
    return Op::cross_entropy;
  if (Found.Is == LossInput::NoLogarithms)
    return Found.Given.Is == Scores::Sigmoid ? Op::log_sigmoid : Op::log_softmax;
  return Op::binary_cross_entropy_with_logits;
}

} // namespace

void LossInputCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  std::optional<ScoreKinds> Kinds;
  auto MakeKinds = [&]() -> ScoreKinds & {
    TorchFacts &Facts = facts(Context);
    if (!Kinds)
      Kinds.emplace(Facts.graphs(), Facts.index(), Facts.registrations());
    return *Kinds;
  };
  forEachLossInput(
      Function, MakeKinds, [&]() -> const ProjectIndex & { return index(Context); },
      [&](const LossInput &Found) {
        SourceLocation At = Found.Input->getBeginLoc();
        if (!firstTime(At))
          return;
        std::string Loss = nameOfLoss(Found.Loss, Context);
        bool IsLog = Found.Given.Is == Scores::Log;
        switch (Found.Is) {
        case LossInput::SquashedTwice:
          diag(At,
               "'%0' makes probabilities of its input by a %select{softmax|sigmoid}1 and is given "
               "numbers between 0 and 1: it stays far from 0 where all is right, and its gradients "
               "are small")
              << Loss << Found.IsSigmoid << Found.Input->getSourceRange();
          break;
        case LossInput::NoLogarithms:
          diag(At,
               "'%0' works on logarithms of probabilities and is given numbers between 0 and 1: "
               "what it minimises is another loss")
              << Loss << Found.Input->getSourceRange();
          break;
        case LossInput::Unbounded:
          diag(At,
               "'%0' works on logarithms of probabilities and is given scores of any size: it has "
               "no lower bound, and training makes them grow")
              << Loss << Found.Input->getSourceRange();
          break;
        case LossInput::OutsideProbability:
          diag(At, "'%0' works on probabilities and is given %select{scores of any size: it throws "
                   "where one is below 0 or above 1|logarithms: it throws where one is below 0}1")
              << Loss << IsLog << Found.Input->getSourceRange();
          break;
        }
        diag(Found.Given.By->getExprLoc(),
             "made here; %select{give the loss the scores that come before|'%1' gives "
             "logarithms|'%1' takes them as they are|%select{'%1' takes them as they are|leave the "
             "logarithm out}2}0",
             DiagnosticIDs::Note)
            << Found.Is << nameOf(insteadOf(Found)) << IsLog;
      });
}

} // namespace torchtidy
