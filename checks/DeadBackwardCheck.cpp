#include "DeadBackwardCheck.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Names.h"
#include "model/syntax/SourceText.h"
#include "model/training/GraphlessLosses.h"
#include "model/training/LeafLosses.h"
#include "model/training/StepClosures.h"

using namespace clang;

namespace torchtidy {

namespace {
constexpr size_t MaxLength = 48; // of what is quoted
} // namespace

void DeadBackwardCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  auto Index = [&]() -> const ProjectIndex & { return index(Context); };
  forEachLeafLoss(Function, Context, Index, [&](const LeafLoss &Found) {
    SourceLocation At = Found.Leaf->getBeginLoc();
    if (!firstTime(At))
      return;
    diag(At, "this makes a new leaf of values that have no graph: backward() ends here, and no "
             "parameter gets a gradient")
        << Found.Leaf->getSourceRange();
    diag(Found.Backward->getBeginLoc(),
         "'%0' reaches that leaf alone; compute the loss of tensors "
         "that still have their graph",
         DiagnosticIDs::Note)
        << sourceText(Found.Backward, Context, "backward()", MaxLength);
  });
  forEachGraphlessLoss(Function, facts(Context).graphs(), Index, [&](const GraphlessLoss &Found) {
    SourceLocation At = Found.Backward->getExprLoc();
    if (!firstTime(At))
      return;
    diag(At, "'%0' has no graph: this throws")
        << sourceText(objectOf(Found.Backward), Context, "the loss", MaxLength)
        << Found.Backward->getSourceRange();
    diag(Found.Cut->getExprLoc(), "no gradient goes through this", DiagnosticIDs::Note);
  });
  forEachClosureMistake(Function, Context, Index, [&](const ClosureMistake &Found) {
    if (Found.Is == ClosureMistake::StaleGraph) {
      if (!firstTime(Found.Backward->getBeginLoc()))
        return;
      diag(Found.Backward->getBeginLoc(),
           "LBFGS calls this closure several times, and '%0' was computed once outside: the second "
           "backward() goes through a graph that the first one freed, and throws")
          << nameOf(Found.Outside) << Found.Backward->getSourceRange();
      diag(Found.Outside->getLocation(), "compute '%0' in the closure", DiagnosticIDs::Note)
          << nameOf(Found.Outside);
      diag(Found.Step->getExprLoc(), "the closure is called here", DiagnosticIDs::Note);
      return;
    }
    const Expr *Argument = argumentFor(Found.Step, 0);
    if (!firstTime(Argument->getBeginLoc()))
      return;
    diag(Argument->getBeginLoc(), "this closure never calls backward(): 'step' evaluates the loss "
                                  "and gets no gradients of it")
        << Argument->getSourceRange();
    const auto *Operator = dyn_cast<CXXMethodDecl>(Found.Closure);
    SourceLocation Body = Operator && Operator->getParent()->isLambda()
                              ? Operator->getParent()->getBeginLoc()
                              : Found.Closure->getLocation();
    if (Body != Argument->getBeginLoc())
      diag(Body, "nothing here computes gradients", DiagnosticIDs::Note);
  });
}

} // namespace torchtidy
