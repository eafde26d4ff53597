#include "model/tensors/CopyFixes.h"
#include "model/paths/PathGuards.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Walk.h"
#include "model/tensors/Parameters.h"
#include "model/tensors/TensorMembers.h"
#include "model/torch/Shapes.h"

using namespace clang;

namespace torchtidy {

namespace {

// Takes off the calls of E for which Goes holds: `x` of `x.to(d).clone()`.
const Expr *stripCalls(const Expr *E, llvm::function_ref<bool(const Operation &)> Goes) {
  while (true) {
    E = stripValue(E);
    const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
    Operation Called = Call ? operationOf(Call) : Operation();
    if (!Called || !Goes(Called))
      return E;
    E = objectOf(Call);
  }
}

// The same values in the same shape.
bool keepsContents(const Operation &Called) {
  return Called.has(Converts) || Called.is(Op::clone) || Called.is(Op::detach) ||
         Called.is(Op::contiguous) || Called.setsRequiresGrad();
}

// The same memory.
bool keepsMemory(const Operation &Called) { return Called.isView() || Called.setsRequiresGrad(); }

// decoder->weight = encoder->weight: tied on purpose; also by way of a setter's parameter.
bool isTied(const Expr *Value, const Registrations &Regs, bool IsGiven = false) {
  Value = stripCalls(followInitialiser(stripCalls(Value, keepsMemory)), keepsMemory);
  if (const auto *Given = dyn_cast_or_null<ParmVarDecl>(namedVariable(Value)); Given && !IsGiven)
    return llvm::any_of(Regs.stores(Given), [&](const Registrations::Store &Store) {
      return Store.Value && isTied(Store.Value, Regs, /*IsGiven=*/true);
    });
  const FieldDecl *Field = namedField(Value);
  return Field && isTensorType(Field->getType()) &&
         (isLibTorchDecl(Field) || Regs.isRegistered(Field) ||
          (isModuleClass(dyn_cast<CXXRecordDecl>(Field->getParent())) && !fieldOfThis(Value)));
}

bool isUndefined(const Expr *Value) {
  const auto *Construct = dyn_cast<CXXConstructExpr>(Value);
  return Construct && Construct->getNumArgs() == 0;
}

bool mentionsPath(const Expr *Value, const std::string &Key) {
  return !Key.empty() && anyDescendant<Expr>(Value, [&](const Expr *E) {
    return isa<MemberExpr, DeclRefExpr>(E) && pathKey(E) == Key;
  });
}

bool hasOtherShape(const Expr *Value, const std::string &Key) {
  if (const CXXOperatorCallExpr *Element = asOperator(Value, OO_Subscript))
    return mentionsPath(Element->getArg(0), Key);
  const auto *Call = dyn_cast<CallExpr>(Value);
  Operation Called = Call ? operationOf(Call) : Operation();
  if (!Call || (!reducesOrSelects(Called) && !Called.reshapes()))
    return false;
  if (mentionsPath(Call, Key))
    return true;
  // x.max(): one number of many; x.index({mask}): as many as the mask lets
  // through.
  unsigned Tensors = isa<CXXMemberCallExpr>(Call) ? 0 : 1;
  unsigned Written = 0;
  for (const Expr *Argument : Call->arguments())
    Written += !isa<CXXDefaultArgExpr>(Argument);
  bool Counts = Called.is(Op::index) || Called.is(Op::masked_select) || Called.is(Op::nonzero);
  return reducesOrSelects(Called) && (Counts || Written == Tensors);
}

} // namespace

CopyFix copyFixFor(const Expr *Target, const Expr *Value, const FieldDecl *Field,
                   const Registrations &Regs) {
  std::string Key = pathKey(Target);
  const Expr *Same = stripCalls(Value, keepsContents);
  if ((!Key.empty() && pathKey(Same) == Key) || isTied(Value, Regs))
    return CopyFix::None;
  bool IsEmpty = false;
  for (const auto &[Site, In] : Regs.all()) {
    if (!Field || !(Regs.isFor(Site, Field) || namedField(Site.Value) == Field))
      continue;
    llvm::SmallVector<const Expr *, 2> Given = valueLeaves(Site.Value);
    for (const Registrations::Store &Store : Regs.stores(Field))
      if (namedField(Site.Value) == Field && !Store.Target)
        Given.push_back(Store.Value);
    for (const Expr *First : Given) {
      First = stripValue(followInitialiser(First));
      if (isUndefined(First))
        return CopyFix::None;
      IsEmpty |= isNoTensor(stripCalls(First, keepsContents));
    }
  }
  return IsEmpty || hasOtherShape(Same, Key) ? CopyFix::SetData : CopyFix::Copy;
}

} // namespace torchtidy
