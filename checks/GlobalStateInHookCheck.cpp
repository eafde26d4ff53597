#include "GlobalStateInHookCheck.h"
#include "model/hooks/HookStores.h"
#include "model/torch/ModuleClass.h"
#include "model/torch/Names.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isSynchronised(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType().getCanonicalType()->getAsCXXRecordDecl();
  if (Type.getNonReferenceType()->isAtomicType())
    return true;
  if (!Record || !Record->getIdentifier())
    return false;
  llvm::StringRef Name = Record->getName();
  if (derivesFrom(Record, "std::ios_base"))
    return true;
  return Record->isInStdNamespace() &&
         (Name.contains("atomic") || Name.contains("mutex") || Name == "once_flag" ||
          Name.starts_with("condition_variable") || Name == "ostream");
}

// A lock taken in the body orders the writes.
bool takesLock(const Stmt *Body) {
  bool Locks = false;
  forEachStmt(Body, [&](const Stmt *S) {
    if (const auto *Declaration = dyn_cast<DeclStmt>(S))
      for (const Decl *D : Declaration->decls())
        if (const auto *Variable = dyn_cast<VarDecl>(D))
          if (const CXXRecordDecl *Record = Variable->getType()->getAsCXXRecordDecl();
              Record && Record->getIdentifier()) {
            std::string Name = Record->getName().lower();
            Locks |=
                llvm::StringRef(Name).contains("lock") && !llvm::StringRef(Name).contains("block");
          }
    llvm::StringRef Name = calleeName(dyn_cast<CallExpr>(S));
    Locks |= Name == "lock" || Name == "call_once";
  });
  return Locks;
}

// The static variable that a target expression writes to, or null.
const VarDecl *sharedVariable(const Expr *Target) {
  StorageRoot Root = storageRoot(Target);
  const auto *Variable = dyn_cast_or_null<VarDecl>(Root.Decl);
  if (!Variable || !Variable->hasGlobalStorage() || Variable->getTLSKind() != VarDecl::TLS_None ||
      Variable->getType().isConstQualified() || Root.ThroughPointer)
    return nullptr;
  if (isSynchronised(Variable->getType()) || (Root.Last && isSynchronised(Root.Last->getType())) ||
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
  if (const auto *Assign = dyn_cast<BinaryOperator>(S))
    return Assign->isAssignmentOp() ? Assign->getLHS() : nullptr;
  if (const auto *Unary = dyn_cast<UnaryOperator>(S))
    return Unary->isIncrementDecrementOp() ? Unary->getSubExpr() : nullptr;
  if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(S)) {
    OverloadedOperatorKind Kind = Operator->getOperator();
    bool Writes = Kind == OO_Equal || Kind == OO_PlusEqual || Kind == OO_MinusEqual ||
                  Kind == OO_StarEqual || Kind == OO_SlashEqual || Kind == OO_PlusPlus ||
                  Kind == OO_MinusMinus;
    return Writes ? Operator->getArg(0) : nullptr;
  }
  if (const auto *Call = dyn_cast<CXXMemberCallExpr>(S)) {
    if (changesContainer(Call) ||
        (isTensorType(Call->getImplicitObjectArgument()->getType()) && changedInPlace(Call)))
      return Call->getImplicitObjectArgument();
  }
  return nullptr;
}

} // namespace

void GlobalStateInHookCheck::checkSite(const HookSite &Site, ASTContext &Context) {
  for (const HookBody &Body : facts(Context).bodiesOf(Site)) {
    if (takesLock(Body.body()))
      continue;
    llvm::SmallPtrSet<const VarDecl *, 4> Reported;
    forEachStmt(Body.body(), [&](const Stmt *S) {
      const Expr *Target = writeTarget(S);
      const VarDecl *Variable = Target ? sharedVariable(Target) : nullptr;
      if (!Variable || !Reported.insert(Variable).second)
        return;
      diag(cast<Expr>(S)->getExprLoc(),
           "hook writes %0, a variable that every thread and every model with this hook share; "
           "values mix, and writes from two threads race")
          << Variable << cast<Expr>(S)->getSourceRange();
      diag(Variable->getLocation(), "%0 has static storage", DiagnosticIDs::Note) << Variable;
      noteSite(Site);
    });
  }
}

} // namespace torchtidy
