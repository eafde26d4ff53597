#include "RetainedGraphCheck.h"
#include "model/syntax/SourceText.h"
#include "model/torch/Types.h"
#include "model/training/RetainedGraphs.h"

using namespace clang;

namespace torchtidy {

void RetainedGraphCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachRetainedGraph(
      Function, Context, [&]() -> const ProjectIndex & { return index(Context); },
      [&](const RetainedGraph &Found) {
        llvm::SmallVector<FixItHint, 2> Fixes;
        if (isTensorType(Found.Value->IgnoreImplicit()->getType()))
          Fixes = calledOn(Found.Value, ".detach()", Context);
        {
          auto Warning =
              diag(Found.At->getBeginLoc(),
                   "'%0' %select{adds up graphs|keeps graphs|is fed back with its graph}1 "
                   "round for round, and nothing runs backward through it: memory "
                   "grows with each");
          Warning << nameOf(Found.Keeper) << unsigned(Found.Is) << Found.Value->getSourceRange();
          if (!Found.IsReturned)
            for (const FixItHint &Fix : Fixes)
              Warning << Fix;
        }
        diag(Found.Source->getBeginLoc(), "the graph is recorded here, with gradients on",
             DiagnosticIDs::Note);
        auto Note = diag(Found.Value->getBeginLoc(),
                         "detach what is kept, or hold a 'torch::NoGradGuard' where nothing is "
                         "trained",
                         DiagnosticIDs::Note);
        if (Found.IsReturned)
          for (const FixItHint &Fix : Fixes)
            Note << Fix;
      });
}

} // namespace torchtidy
