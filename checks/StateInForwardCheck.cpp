#include "StateInForwardCheck.h"
#include "model/facts/GradMode.h"
#include "model/tensors/DeadStores.h"
#include "model/tensors/KeptGraphs.h"

using namespace clang;

namespace torchtidy {

StateInForwardCheck::StateInForwardCheck(llvm::StringRef Name,
                                         clang::tidy::ClangTidyContext *Context)
    : ModuleCheck(Name, Context), ForwardNames(Options.get("ForwardNames", DefaultForwardNames)),
      StateMembers(Options.get("StateMembers", "")) {}

void StateInForwardCheck::storeOptions(clang::tidy::ClangTidyOptions::OptionMap &Opts) {
  Options.store(Opts, "ForwardNames", ForwardNames);
  Options.store(Opts, "StateMembers", StateMembers);
}

bool StateInForwardCheck::keepsGraph(const MemberWrite &Write, const FunctionDecl *Function,
                                     ArrayRef<MemberWrite> All, const Reach &Forward,
                                     const KeptGraphs &Graphs, ModuleModel &Model) const {
  // A registered buffer that is rebound is stale-registration's concern.
  if (Write.OnThis && Model.registrations().isRegistered(Write.Field))
    return false;
  if (!Write.OnThis && !isModuleClass(dyn_cast<CXXRecordDecl>(Write.Field->getParent())))
    return false;
  SmallVector<StringRef, 4> Allowed;
  StringRef(StateMembers).split(Allowed, ';', -1, false);
  return !llvm::is_contained(Allowed, Write.Field->getName()) &&
         Graphs.isKept(Write, Function, All) &&
         (!Write.OnThis ||
          outlivesCall(Write.Where, Write.Field, Function, Forward, Model.graphs()));
}

void StateInForwardCheck::checkClass(const CXXRecordDecl *Class, ModuleModel &Model) {
  const Reach &Forward = Model.forwardReachOf(Class, ForwardNames);
  // A forward that returns nothing hands out in members what it computes.
  bool ReturnsNothing = llvm::all_of(Forward, [](const auto &Reached) {
    return Reached.second || Reached.first->getReturnType()->isVoidType();
  });
  if (ReturnsNothing)
    return;
  KeptGraphs Graphs(Forward, Model, facts(Model.context()).index());
  llvm::MapVector<const FieldDecl *, SmallVector<const Expr *, 2>> Kept;
  for (auto &[Function, Call] : Forward) {
    if (Call && isUnderNoGrad(Call, Model.context()))
      continue;
    std::vector<MemberWrite> Writes = memberWrites(Function);
    for (const MemberWrite &Write : Writes)
      if (keepsGraph(Write, Function, Writes, Forward, Graphs, Model) &&
          firstTime(Write.Target->getBeginLoc()))
        Kept[Write.Field].push_back(Write.Target);
  }
  if (Kept.empty() || Graphs.onlyRunsWithoutGrad(Class))
    return;
  for (auto &[Field, Targets] : Kept) {
    SourceLocation Loc = Targets.front()->getBeginLoc();
    diag(Loc, "%0 keeps a tensor of forward with its graph: the activations of the last call stay "
              "in memory, and a second backward through it throws")
        << Field;
    diag(Loc,
         "return it, store it detached, or capture it with torchtidy::FeatureExtractor; list "
         "recurrent state in the option StateMembers",
         DiagnosticIDs::Note);
    for (const Expr *Other : ArrayRef(Targets).drop_front())
      diag(Other->getBeginLoc(), "stored here, too", DiagnosticIDs::Note);
  }
}

} // namespace torchtidy
