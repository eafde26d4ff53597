#include "GlobalStateInHookCheck.h"
#include "model/hooks/HookFacts.h"
#include "model/hooks/HookStores.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isSynchronised(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType().getCanonicalType()->getAsCXXRecordDecl();
  if (Type.getNonReferenceType()->isAtomicType())
    return true;
  llvm::StringRef Name = nameOf(Record);
  if (derivesFrom(Record, "std::ios_base"))
    return true;
  return Record && Record->isInStdNamespace() &&
         (Name.contains("atomic") || Name.contains("mutex") || Name == "once_flag" ||
          Name.starts_with("condition_variable") || Name == "ostream");
}

// A lock taken in the body orders the writes.
bool takesLock(const Stmt *Body) {
  auto IsLock = [](const Decl *D) {
    const auto *Variable = dyn_cast<VarDecl>(D);
    llvm::StringRef Type = nameOf(Variable ? Variable->getType()->getAsCXXRecordDecl() : nullptr);
    return Type.contains_insensitive("lock") && !Type.contains_insensitive("block");
  };
  return anyDescendant<Stmt>(Body, [&](const Stmt *S) {
    if (const auto *Declaration = dyn_cast<DeclStmt>(S))
      return llvm::any_of(Declaration->decls(), IsLock);
    return calleeName(S) == "lock" || calleeName(S) == "call_once";
  });
}

// The static variable that a target expression writes to, or null.
const VarDecl *sharedVariable(const Expr *Target) {
  Place Written = placeOf(Target);
  const auto *Variable = dyn_cast_or_null<VarDecl>(Written.Root);
  if (!Variable || !Variable->hasGlobalStorage() || Variable->getTLSKind() != VarDecl::TLS_None ||
      Variable->getType().isConstQualified() || Written.ThroughPointer)
    return nullptr;
  if (isSynchronised(Variable->getType()) || isSynchronised(Written.Last->getType()) ||
      isSynchronised(Target->getType()))
    return nullptr;
  return Variable;
}

bool changesContainer(const CXXMemberCallExpr *Call) {
  const CXXMethodDecl *Method = Call->getMethodDecl();
  const CXXRecordDecl *Record = Call->getRecordDecl();
  if (!Method || !Record || Method->isConst() || !Record->isInStdNamespace())
    return false;
  llvm::StringRef Name = calleeName(Call);
  return torchtidy::changesContainer(Name) || Name == "reset" || Name == "swap";
}

// What S writes to, when it is a write.
const Expr *writeTarget(const Stmt *S) {
  if (const Expr *Target = writtenBy(S))
    return Target;
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S)) {
    if (changesContainer(Call) ||
        (isTensorType(Call->getImplicitObjectArgument()->getType()) && changedInPlace(Call)))
      return Call->getImplicitObjectArgument();
  }
  return nullptr;
}

} // namespace

void GlobalStateInHookCheck::checkSite(const HookSite &Site, ASTContext &Context) {
  for (const HookBody &Body : facts(Context).hooks().bodiesOf(Site)) {
    if (takesLock(Body.body()))
      continue;
    llvm::SmallPtrSet<const VarDecl *, 4> Reported;
    forEach<Expr>(Body.body(), [&](const Expr *S) {
      const Expr *Target = writeTarget(S);
      const VarDecl *Variable = Target ? sharedVariable(Target) : nullptr;
      if (!Variable || !Reported.insert(Variable).second)
        return;
      diag(S->getExprLoc(),
           "hook writes %0, a variable that every thread and every model with this hook share; "
           "values mix, and writes from two threads race")
          << Variable << S->getSourceRange();
      diag(Variable->getLocation(), "%0 has static storage", DiagnosticIDs::Note) << Variable;
      noteSite(Site);
    });
  }
}

} // namespace torchtidy
