#include "NonLeafGradCheck.h"
#include "model/syntax/Names.h"
#include "model/training/GradReads.h"

using namespace clang;

namespace torchtidy {

void NonLeafGradCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  forEachNonLeafGrad(
      Function, Context, [&]() -> const ProjectIndex & { return index(Context); },
      [&](const GradRead &Found) {
        // A leaf that nobody can name is lost where the tensor is made.
        const Expr *At = Found.HidesLeaf ? Found.Made : Found.Read;
        const Expr *Other = Found.HidesLeaf ? Found.Read : Found.Made;
        diag(At->getBeginLoc(),
             "'%0' is the result of an operation on a tensor that requires grad: its grad() stays "
             "undefined")
            << nameOf(Found.Tensor) << At->getSourceRange();
        diag(Other->getBeginLoc(),
             "%select{it is computed here; ask the leaf, or call 'retain_grad()' before "
             "'backward()'|asked for here; let the result itself require grad}0",
             DiagnosticIDs::Note)
            << Found.HidesLeaf;
      });
}

} // namespace torchtidy
