#include "TargetUpdateCheck.h"
#include "model/training/TargetUpdates.h"

using namespace clang;

namespace torchtidy {

void TargetUpdateCheck::checkFunction(const FunctionDecl *Function, ASTContext &) {
  forEachGradientUpdate(Function, [&](const TargetUpdate &Found) {
    diag(Found.Write->getBeginLoc(),
         "this update of one model from another writes gradients only: no weight changes")
        << Found.Write->getSourceRange();
    diag(Found.Write->getBeginLoc(),
         "write the parameter itself, under a 'torch::NoGradGuard': 'mul_(1 - tau).add_(source, "
         "tau)', or 'copy_(source)'; the runtime's 'torchtidy::soft_update' does it by name",
         DiagnosticIDs::Note);
  });
}

} // namespace torchtidy
