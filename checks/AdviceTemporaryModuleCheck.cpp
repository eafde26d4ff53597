#include "AdviceTemporaryModuleCheck.h"
#include "model/modules/ForwardBuilds.h"

using namespace clang;

namespace torchtidy {

void AdviceTemporaryModuleCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  for (auto &[Function, Call] : Model.forwardReachOf(Class))
    for (const ForwardBuild &Build : forwardBuilds(Function, Model)) {
      SourceLocation Loc = Build.Where->getExprLoc();
      if (Build.Kind != ForwardBuild::ConstructsStateless || !firstTime(Loc))
        continue;
      diag(Loc,
           "module '%0' is constructed in forward: it is rebuilt at every call, and no hook or "
           "module listing can see it")
          << Build.Name;
      if (!Build.Functional.empty())
        diag(Loc, "use the functional form; apply with --unsafe-fixes", DiagnosticIDs::Note)
            << FixItHint::CreateReplacement(Build.Callee, Build.Functional);
    }
}

} // namespace torchtidy
