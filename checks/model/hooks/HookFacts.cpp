#include "model/hooks/HookFacts.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Places.h"
#include "model/syntax/ProjectCode.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

llvm::ArrayRef<HookBody> HookFacts::bodiesOf(const HookSite &Site) {
  auto [It, New] = Bodies.try_emplace(Site.Call);
  if (New) {
    llvm::SmallVector<HookBody, 2> Found = hookBodies(Site);
    It->second.assign(Found.begin(), Found.end());
  }
  return It->second;
}

const HandleUse &HookFacts::handleOf(const HookSite &Site) {
  auto [It, New] = Handles.try_emplace(Site.Call);
  if (New)
    It->second = handleUse(Site, Context);
  return It->second;
}

const HookTarget &HookFacts::targetOf(const HookSite &Site) {
  auto [It, New] = Targets.try_emplace(Site.Call);
  if (New)
    It->second = hookTarget(Site, Context);
  return It->second;
}

static bool hasCreateGraph(const CallExpr *Call) {
  Operation Called = operationNamed(calleeName(Call));
  if (!Called.is(Op::backward) && !Called.is(Op::grad))
    return false;
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, calleeOf(Call)))
    if (nameOf(Parameter) == "create_graph" && !isa<CXXDefaultArgExpr>(Argument) &&
        boolLiteral(Argument) == true)
      return true;
  return false;
}

const Stmt *HookFacts::createsGraph(const HookSite &Site) {
  if (!CreateGraph) {
    CreateGraph.emplace();
    forEachMainFileBody(Context, [&](const Stmt *Body) {
      forEach<CallExpr>(Body, [&](const CallExpr *Call) {
        if (hasCreateGraph(Call))
          CreateGraph->push_back(Call);
      });
    });
  }
  // A local is gone before another function runs backward.
  const VarDecl *Local = Site.Receiver ? namedVariable(Site.Receiver) : nullptr;
  bool IsLocal = Local && Local->isLocalVarDecl() && !Local->getType()->isReferenceType();
  for (const CallExpr *Call : *CreateGraph)
    if (!IsLocal || functionAround(Call, Context) == functionAround(Site.Call, Context))
      return Call;
  return nullptr;
}

bool HookFacts::clearsCallbacks() {
  if (!ClearsCallbacks) {
    ClearsCallbacks = false;
    forEachMainFileBody(Context, [&](const Stmt *Body) {
      *ClearsCallbacks |= anyDescendant<CallExpr>(Body, [](const CallExpr *Call) {
        llvm::StringRef Name = calleeName(Call);
        return Name.starts_with("clear") && Name.ends_with("Callbacks");
      });
    });
  }
  return *ClearsCallbacks;
}

} // namespace torchtidy
