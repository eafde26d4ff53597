#include "ModuleInForwardCheck.h"
#include "model/modules/LazyBuilds.h"

using namespace clang;

namespace torchtidy {

ModuleInForwardCheck::ModuleInForwardCheck(llvm::StringRef Name,
                                           clang::tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context), ForwardNames(Options.get("ForwardNames", DefaultForwardNames)) {}

void ModuleInForwardCheck::storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) {
  Options.store(Opts, "ForwardNames", ForwardNames);
}

void ModuleInForwardCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  const Reach &Forward = Model.forwardReachOf(Class, ForwardNames);
  LazyBuilds Lazy(Forward, Model.graphs());
  for (auto &[Function, Call] : Forward) {
    // What one member is given is one mistake: constructed, then registered.
    std::vector<Group> Groups;
    for (const ForwardBuild &Build : forwardBuilds(Function, Model)) {
      if (Build.Kind == ForwardBuild::ConstructsStateless ||
          (Build.Kind == ForwardBuild::ConstructsMode &&
           Lazy.followsTrainingFlag(Build.Where, Function)) ||
          !firstTime(Build.Where->getExprLoc()))
        continue;
      auto Same = llvm::find_if(Groups, [&](const Group &Other) {
        return Build.Member && Other.front().Member == Build.Member &&
               Build.Kind != ForwardBuild::Replaces && Other.front().Kind != ForwardBuild::Replaces;
      });
      if (Same == Groups.end())
        Groups.push_back({Build});
      else
        Same->push_back(Build);
    }
    for (const Group &Builds : Groups) {
      const ForwardBuild &First = Builds.front();
      report(Builds, Lazy.runsOnce(First.Where, Function), Lazy.isConditional(First.Where), Model);
      if (Call)
        diag(Call->getExprLoc(), "%0 is called from forward here", DiagnosticIDs::Note) << Function;
      for (const ForwardBuild &Other : llvm::ArrayRef(Builds).drop_front())
        diag(Other.Where->getExprLoc(), "%select{registered|given a module}0 here, too",
             DiagnosticIDs::Note)
            << (Other.Kind != ForwardBuild::Registers);
    }
  }
}

void ModuleInForwardCheck::report(const Group &Builds, bool Once, bool Conditional,
                                  ModuleModel &Model) {
  const ForwardBuild &First = Builds.front();
  bool Registers = llvm::any_of(
      Builds, [](const ForwardBuild &Build) { return Build.Kind == ForwardBuild::Registers; });
  bool Kept = Registers || (First.Member && Model.registrations().isRegistered(First.Member));
  if (Once && reportFirstCall(First, Kept))
    return;
  if (Registers && First.Kind != ForwardBuild::Replaces)
    diag(First.Where->getExprLoc(),
         "%select{module '%1' is constructed and registered|'%1'}0 in forward: "
         "%select{the second call|a second time it}2 throws because the name is taken, and an "
         "optimizer made before never sees the tensors")
        << (First.Kind == ForwardBuild::Registers) << First.Name << Conditional;
  else
    reportEachCall(First);
}

bool ModuleInForwardCheck::reportFirstCall(const ForwardBuild &First, bool Kept) {
  SourceLocation Loc = First.Where->getExprLoc();
  if (First.Kind == ForwardBuild::ConstructsMode && Kept) {
    diag(Loc, "module '%0' is constructed at the first call of forward: a train() or eval() before "
              "it does not reach the module")
        << First.Name;
    return true;
  }
  bool Registers = First.Kind == ForwardBuild::Registers;
  if (!Registers && First.Kind != ForwardBuild::Constructs)
    return false;
  if (Kept)
    diag(Loc, "%select{module '%1' is constructed|'%1' runs}0 at the first call of forward: an "
              "optimizer made, or an archive loaded, before it misses what is registered")
        << Registers << First.Name;
  else
    diag(Loc, "module '%0' is constructed at the first call of forward and never registered: no "
              "optimizer updates its weights and no archive keeps them")
        << First.Name;
  return true;
}

void ModuleInForwardCheck::reportEachCall(const ForwardBuild &First) {
  SourceLocation Loc = First.Where->getExprLoc();
  switch (First.Kind) {
  case ForwardBuild::Registers:
  case ForwardBuild::ConstructsStateless:
    break;
  case ForwardBuild::Replaces:
    diag(Loc, "'%0' in forward changes the module tree at every call: an optimizer made before "
              "keeps updating the old tensors")
        << First.Name;
    break;
  case ForwardBuild::Constructs:
    diag(Loc, "module '%0' is constructed in forward: every call draws new weights that no "
              "optimizer updates and no archive keeps")
        << First.Name;
    break;
  case ForwardBuild::ConstructsMode:
    diag(Loc, "module '%0' is constructed in forward: it is always in training mode, so eval() "
              "does not turn it off")
        << First.Name;
    break;
  case ForwardBuild::ConstructsStatic:
    diag(Loc, "module '%0' is a function-local static of forward: all objects share one set of "
              "weights that no module owns, moves or saves")
        << First.Name;
    break;
  case ForwardBuild::Assigns:
    diag(Loc, "module member '%0' is assigned in forward: the registered child, the optimizer "
              "and other threads keep the old module")
        << First.Name;
    break;
  }
}

} // namespace torchtidy
