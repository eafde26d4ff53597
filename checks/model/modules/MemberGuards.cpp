#include "model/modules/MemberGuards.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Loops.h"
#include "model/syntax/Walk.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"
#include "clang/Analysis/Analyses/Dominators.h"
#include "clang/Analysis/CFG.h"

using namespace clang;

namespace torchtidy {

// Does a condition ask what the caller gives: `mask.defined()`, `label`, `mode == Mode::Train`?
// That only objects with the member are given it, is the caller's business.
static bool asksCaller(const Expr *Condition) {
  return anyDescendant<Expr>(Condition, [](const Expr *E) {
    const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
    bool Asks = Call && (operationOf(Call).is(Op::defined) ||
                         isa_and_nonnull<CXXConversionDecl>(Call->getMethodDecl()) ||
                         llvm::is_contained({"has_value", "empty"}, calleeName(Call)));
    const Expr *Asked = Asks ? objectOf(Call) : E;
    return (Asks || Asked->getType()->isScalarType()) &&
           isa_and_nonnull<ParmVarDecl>(namedVariable(Asked));
  });
}

// Does a condition read the member, or anything of this object that is no module?
static bool reads(const Expr *Condition, const ValueDecl *Field) {
  return mentions(Condition, Field) ||
         anyDescendant<MemberExpr>(Condition,
                                   [](const MemberExpr *Member) {
                                     const auto *Other =
                                         dyn_cast<FieldDecl>(Member->getMemberDecl());
                                     return Other && isThis(Member->getBase()) &&
                                            !classifyType(Other->getType()).isModule() &&
                                            !classifyType(Other->getType()).isTensor();
                                   }) ||
         // A predicate of the class asks its data: `if (is_split())`.
         anyDescendant<CXXMemberCallExpr>(Condition, [](const CXXMemberCallExpr *Call) {
           const CXXMethodDecl *Method = Call->getMethodDecl();
           return Method && Method->isConst() && Call->getType()->isBooleanType() &&
                  Call->getImplicitObjectArgument() && isThis(Call->getImplicitObjectArgument());
         });
}

bool isGuarded(const Expr *Site, const FunctionDecl *In, const ValueDecl *Field,
               ControlFlowGraphs &Graphs) {
  const FunctionPaths *Paths = Graphs.of(In);
  if (!Paths)
    return false;
  std::optional<FunctionPaths::Place> Place = Paths->placeOf(Site);
  if (!Place)
    return true; // in a lambda: what guards the call of it is not followed
  ControlDependencyCalculator Control(&Paths->graph());
  llvm::SmallVector<CFGBlock *, 8> Todo{const_cast<CFGBlock *>(Place->first)};
  llvm::SmallPtrSet<CFGBlock *, 16> Seen;
  while (!Todo.empty()) {
    CFGBlock *Current = Todo.pop_back_val();
    if (!Seen.insert(Current).second)
      continue;
    for (CFGBlock *On : Control.getControlDependencies(Current)) {
      if (const auto *Condition = dyn_cast_or_null<Expr>(On->getTerminatorCondition());
          Condition &&
          (reads(Condition, Field) || (!isLoop(On->getTerminatorStmt()) && asksCaller(Condition))))
        return true;
      Todo.push_back(On);
    }
  }
  return false;
}

} // namespace torchtidy
