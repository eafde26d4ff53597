#include "model/TorchFacts.h"
#include "model/facts/ProjectIndex.h"
#include "model/hooks/HookFacts.h"
#include "model/modules/ModuleModel.h"
#include "model/paths/PathGuards.h"
#include "model/tensors/Definedness.h"

using namespace clang;

namespace torchtidy {

namespace {

template <typename Part, typename... From>
Part &onDemand(std::unique_ptr<Part> &Slot, From &&...Sources) {
  if (!Slot)
    Slot = std::make_unique<Part>(std::forward<From>(Sources)...);
  return *Slot;
}

} // namespace

std::shared_ptr<TorchFacts> TorchFacts::get(ASTContext &Context) {
  thread_local std::weak_ptr<TorchFacts> Current;
  std::shared_ptr<TorchFacts> Facts = Current.lock();
  if (!Facts || &Facts->Context != &Context) {
    Facts = std::make_shared<TorchFacts>(Context);
    Current = Facts;
  }
  return Facts;
}

TorchFacts::TorchFacts(ASTContext &Context) : Context(Context) {}
TorchFacts::~TorchFacts() = default;

ControlFlowGraphs &TorchFacts::graphs() { return onDemand(Graphs, Context); }
const ProjectIndex &TorchFacts::index() { return onDemand(Index, Context); }
PathGuards &TorchFacts::guards() { return onDemand(Guards, graphs()); }
ModuleModel &TorchFacts::modules() { return onDemand(Modules, graphs(), index()); }
const Registrations &TorchFacts::registrations() { return modules().registrations(); }
Definedness &TorchFacts::definedness() {
  return onDemand(Tensors, Context, index(), registrations(), guards());
}

HookFacts &TorchFacts::hooks() { return onDemand(Hooks, Context); }

} // namespace torchtidy
