#include "model/modules/MergedModules.h"
#include "model/modules/RegistrationFix.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Places.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

// A member of this object, or a local.
const ValueDecl *ownName(const Expr *E) {
  if (const FieldDecl *Field = fieldOfThis(E))
    return Field;
  const VarDecl *Variable = namedVariable(E);
  return Variable && Variable->isLocalVarDecl() && !Variable->getType()->isReferenceType()
             ? Variable
             : nullptr;
}

// An initialiser, or what a constructor gives.
bool isInitial(const Registrations::Store &Store) {
  return !Store.Target || isa_and_nonnull<CXXConstructorDecl>(Store.In);
}

// The construction of a network in view that D gets first; null where it is handed in or null.
const Expr *builtAs(const ValueDecl *D, const Registrations &Regs) {
  for (const Registrations::Store &Store : Regs.stores(D)) {
    std::optional<Registration> Site = asRegistration(Store.Value);
    const Expr *Value = Site ? Site->Value : Store.Value;
    if (Value && isInitial(Store) && isSpelledOut(Store) && constructsModule(Value) &&
        !isNullModule(Value))
      return Store.Value;
  }
  return nullptr;
}

bool isAssigned(const ValueDecl *D, const Registrations &Regs) {
  return llvm::any_of(Regs.stores(D), [](const auto &Store) { return !isInitial(Store); });
}

// `best = candidate;` where each round builds a candidate, and what is chosen of several: the
// network that is named by the target from now on is all that is wanted.
bool isChoice(const Stmt *Assignment, const ValueDecl *Target, const ValueDecl *Source,
              const Registrations &Regs, ASTContext &Context) {
  const auto *From = dyn_cast<VarDecl>(Source);
  const auto *To = dyn_cast<VarDecl>(Target);
  if (From && To && enclosing<CompoundStmt>(From, Context) != enclosing<CompoundStmt>(To, Context))
    return true;
  for (const Registrations::Store &Store : Regs.stores(Target))
    if (!isInitial(Store) && ownName(Store.Value) != Source)
      return true;
  // `if (tied) right = left;` of a constructor
  const FunctionDecl *Function = innermostFunction(Assignment, Context);
  return isa_and_nonnull<CXXConstructorDecl>(Function) && enclosing<IfStmt>(Assignment, Context);
}

} // namespace

void forEachMergedModule(const FunctionDecl *Function, const Registrations &Regs,
                         llvm::function_ref<void(const MergedModule &)> Visit) {
  forEach<Expr>(Function->getBody(), [&](const Expr *E) {
    auto Assigned = asPlainAssignment(E);
    if (!Assigned || !classifyType(Assigned->Target->getType()).isModule())
      return;
    const ValueDecl *Target = ownName(Assigned->Target);
    const ValueDecl *Source = Target ? ownName(Assigned->Value) : nullptr;
    if (!Source || Source == Target || isa<FieldDecl>(Source) != isa<FieldDecl>(Target) ||
        moduleOf(Source->getType()) != moduleOf(Target->getType()) || isAssigned(Source, Regs) ||
        !builtAs(Source, Regs))
      return;
    const Expr *Built = builtAs(Target, Regs);
    if (Built && !isChoice(E, Target, Source, Regs, Function->getASTContext()))
      Visit({E, Target, Source, Built});
  });
}

} // namespace torchtidy
