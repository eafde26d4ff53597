#include "model/training/TargetUpdates.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "model/training/ParameterLists.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

bool saysTarget(llvm::StringRef Name) {
  std::string Lower = Name.lower();
  llvm::StringRef Text(Lower);
  return Text.contains("target") || Text.contains("soft_update") || Text.contains("softupdate") ||
         Text.contains("polyak") || Text == "tau";
}

// The function, a parameter or a local is named so; and it does not speak of gradients.
bool isForTarget(const FunctionDecl *Function) {
  if (llvm::StringRef(nameOf(Function)).contains_insensitive(nameOf(Op::grad)))
    return false;
  bool Says = saysTarget(nameOf(Function)) ||
              llvm::any_of(Function->parameters(),
                           [](const ParmVarDecl *P) { return saysTarget(nameOf(P)); });
  forEach<Expr>(Function->getBody(), [&](const Expr *E) {
    Says = Says || (isa<DeclRefExpr, MemberExpr>(E) && saysTarget(nameOf(namedDecl(E))));
  });
  return Says;
}

// Lists the parameters of two models.
bool hasTwoModels(const FunctionDecl *Function) {
  llvm::SmallVector<ModulePath, 4> Models;
  forEach<CXXMemberCallExpr>(Function->getBody(), [&](const CXXMemberCallExpr *Call) {
    if (listingNamed(calleeName(Call)) != Listing::Parameters)
      return;
    ModulePath Path;
    if (modulePath(objectOf(Call), Path) && !llvm::is_contained(Models, Path))
      Models.push_back(Path);
  });
  return Models.size() == 2;
}

const CallExpr *gradientIn(const Expr *E) {
  const CallExpr *Found = nullptr;
  forEach<CallExpr>(E, [&](const CallExpr *Call) {
    if (namesGradient(Call))
      Found = Call;
  });
  return Found;
}

// The tensor that a statement writes; null where it writes none.
const Expr *tensorWritten(const Expr *E) {
  if (auto Assign = asAssignment(E))
    return isTensorType(Assign->Target->getType()) ? Assign->Target : nullptr;
  const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  Operation Called = operationOf(Call);
  bool Writes = Called.writesValues() || Called.is(Op::set_data) || Called.is(Op::set_);
  return Call && Writes && isTensorType(objectOf(Call)->getType()) ? objectOf(Call) : nullptr;
}

// `grad` of `auto &grad = p.mutable_grad()`.
bool isGradient(const Expr *E) {
  if (gradientIn(E))
    return true;
  const VarDecl *Variable = namedVariable(E);
  return Variable && Variable->getInit() && Variable->getType()->isReferenceType() &&
         gradientIn(Variable->getInit());
}

bool isLocalValue(const Expr *E) {
  const VarDecl *Variable = namedVariable(E);
  return Variable && Variable->isLocalVarDecl() && !Variable->getType()->isReferenceType() &&
         !Variable->isCXXForRangeDecl();
}

} // namespace

void forEachGradientUpdate(const FunctionDecl *Function,
                           llvm::function_ref<void(const TargetUpdate &)> Visit) {
  if (!isForTarget(Function) || !hasTwoModels(Function))
    return;
  const Expr *Gradient = nullptr;
  bool WritesOther = false;
  forEach<Expr>(Function->getBody(), [&](const Expr *E) {
    const auto *Call = dyn_cast<CallExpr>(E);
    WritesOther |= runsBackward(E) || (Call && calleeName(Call) == "step") ||
                   isNamed(calleeOf(E), "torch::load") || isNamed(calleeOf(E), "torch::save");
    const Expr *Written = tensorWritten(E);
    if (!Written)
      return;
    if (isGradient(Written))
      Gradient = Gradient ? Gradient : E;
    else if (!isLocalValue(Written))
      WritesOther = true;
  });
  if (Gradient && !WritesOther)
    Visit({Gradient});
}

} // namespace torchtidy
