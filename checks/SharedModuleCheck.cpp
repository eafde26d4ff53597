#include "SharedModuleCheck.h"
#include "model/training/SharedRuns.h"

using namespace clang;

namespace torchtidy {

void SharedModuleCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  auto Index = [&]() -> const ProjectIndex & { return index(Context); };
  forEachSharedRun(Function, Index, Context, [&](const SharedRun &Found) {
    SourceLocation Where = Found.Run->getExprLoc();
    if (!firstTime(Where))
      return;
    if (Found.Write) {
      diag(Where, "several threads run %0 at once, and its forward() writes %1: they race")
          << Found.Model << Found.Field;
      diag(Found.Write->getBeginLoc(), "written here", DiagnosticIDs::Note);
    } else {
      diag(Where, "several threads run %0 at once in training mode, and its '%1' updates its "
                  "statistics: they race")
          << Found.Model << Found.Layer;
    }
    diag(Found.Start->getBeginLoc(), "the threads are started here", DiagnosticIDs::Note);
  });
}

} // namespace torchtidy
