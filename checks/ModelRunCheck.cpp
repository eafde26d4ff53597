#include "ModelRunCheck.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

void ModelRunCheck::checkFunction(const FunctionDecl *Function, ASTContext &Context) {
  bool RunsModels = anyDescendant<CallExpr>(
      Function->getBody(), [](const CallExpr *Call) { return asModelRun(Call).has_value(); });
  if (!RunsModels)
    return;
  if (!Models)
    Models.emplace(index(Context), Context);
  checkRuns(Function, *Models, Context);
}

void ModelRunCheck::onEndOfTranslationUnit() {
  Models.reset();
  FunctionCheck::onEndOfTranslationUnit();
}

} // namespace torchtidy
