#include "GraphCycleCheck.h"
#include "model/syntax/Names.h"
#include "model/training/GraphCycles.h"

using namespace clang;

namespace torchtidy {

void GraphCycleCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachGraphCycle(Function, Context, [&](const GraphCycle &Found) {
    SourceLocation At = Found.At->getBeginLoc();
    if (Found.Output) {
      diag(At, "'%0' is an output of this function, and its graph holds 'saved_data': they keep "
               "each other alive for good")
          << nameOf(Found.Output) << Found.At->getSourceRange();
      diag(Found.Returned->getBeginLoc(), "returned here; 'save_for_backward' knows outputs",
           DiagnosticIDs::Note);
      return;
    }
    diag(At, "with 'create_graph', backward() stores gradients with their graph in the leaves, "
             "which that graph holds: they keep each other alive until the gradients are reset")
        << Found.At->getSourceRange();
    diag(At, "'torch::autograd::grad' returns them instead", DiagnosticIDs::Note);
  });
}

} // namespace torchtidy
