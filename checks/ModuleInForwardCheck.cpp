#include "ModuleInForwardCheck.h"
#include "model/modules/ForwardBuilds.h"

using namespace clang;

namespace torchtidy {

ModuleInForwardCheck::ModuleInForwardCheck(llvm::StringRef Name,
                                           clang::tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context), ForwardNames(Options.get("ForwardNames", DefaultForwardNames)) {}

void ModuleInForwardCheck::storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) {
  Options.store(Opts, "ForwardNames", ForwardNames);
}

void ModuleInForwardCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  for (auto &[Function, Call] : Model.forwardReachOf(Class, ForwardNames))
    for (const ForwardBuild &Build : forwardBuilds(Function, Model)) {
      SourceLocation Loc = Build.Where->getExprLoc();
      if (!firstTime(Loc))
        continue;
      switch (Build.Kind) {
      case ForwardBuild::Registers:
        diag(Loc, "'%0' in forward: the second call throws because the name is taken, and an "
                  "optimizer made before never sees the tensors")
            << Build.Name;
        break;
      case ForwardBuild::Replaces:
        diag(Loc, "'%0' in forward changes the module tree at every call: an optimizer made before "
                  "keeps updating the old tensors")
            << Build.Name;
        break;
      case ForwardBuild::Constructs:
        diag(Loc, "module '%0' is constructed in forward: every call draws new weights that no "
                  "optimizer updates and no archive keeps")
            << Build.Name;
        break;
      case ForwardBuild::ConstructsMode:
        diag(Loc, "module '%0' is constructed in forward: it is always in training mode, so eval() "
                  "does not turn it off")
            << Build.Name;
        break;
      case ForwardBuild::ConstructsStateless:
        diag(Loc, "module '%0' is constructed in forward: it is rebuilt at every call, and no hook "
                  "or module listing can see it")
            << Build.Name;
        break;
      case ForwardBuild::ConstructsStatic:
        diag(Loc, "module '%0' is a function-local static of forward: all objects share one set of "
                  "weights that no module owns, moves or saves")
            << Build.Name;
        break;
      case ForwardBuild::Assigns:
        diag(Loc, "module member '%0' is assigned in forward: the registered child, the optimizer "
                  "and other threads keep the old module")
            << Build.Name;
        break;
      }
      if (Call)
        diag(Call->getExprLoc(), "%0 is called from forward here", DiagnosticIDs::Note) << Function;
      if (!Build.Functional.empty())
        diag(Loc, "use the functional form; apply with --unsafe-fixes", DiagnosticIDs::Note)
            << FixItHint::CreateReplacement(Build.Callee, Build.Functional);
    }
}

} // namespace torchtidy
