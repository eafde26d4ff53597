#include "model/paths/Flags.h"
#include "model/paths/Conditions.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isWritten(const ValueDecl *Name, const FunctionDecl *Function) {
  return anyDescendant<Stmt>(Function->getBody(), [&](const Stmt *S) {
    if (const auto *Address = dyn_cast<UnaryOperator>(S);
        Address && Address->getOpcode() == UO_AddrOf)
      return namedDecl(Address->getSubExpr()) == Name;
    const Expr *Target = writtenBy(S);
    return Target && namedDecl(Target) == Name;
  });
}

bool isSpelledAlike(const Expr *A, const Expr *B, const ASTContext &Context) {
  llvm::FoldingSetNodeID First, Second;
  A->Profile(First, Context, true);
  B->Profile(Second, Context, true);
  return First == Second;
}

bool shareAVariable(const Expr *A, const Expr *B) {
  return anyDescendant<Expr>(A, [&](const Expr *E) {
    const ValueDecl *Name = isa<DeclRefExpr, MemberExpr>(E) ? namedDecl(E) : nullptr;
    return Name && isa<VarDecl, FieldDecl>(Name) && mentions(B, Name);
  });
}

} // namespace

Flags flagsAt(const Stmt *S, const FunctionDecl *Function, ASTContext &Context) {
  Flags Found;
  const Stmt *Below = S;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    const auto *Outer = Above.get<Stmt>();
    if (!Outer)
      return Above.get<VarDecl>() != nullptr;
    const auto *If = dyn_cast<IfStmt>(Outer);
    if (If && (Below == If->getThen() || Below == If->getElse())) {
      bool Value = Below == If->getThen();
      const Expr *Condition = stripNot(If->getCond(), Value);
      bool IsName = isa<DeclRefExpr, MemberExpr>(Condition);
      const ValueDecl *Name = IsName ? namedDecl(Condition) : nullptr;
      if (Name && Name->getType().getNonReferenceType()->isIntegralOrEnumerationType() &&
          !isWritten(Name, Function))
        Found.push_back({Name, Value});
    }
    Below = Outer;
    return true;
  });
  return Found;
}

bool contradict(const Flags &A, const Flags &B) {
  return llvm::any_of(A, [&](const Flag &One) {
    return llvm::any_of(
        B, [&](const Flag &Other) { return One.Name == Other.Name && One.Value != Other.Value; });
  });
}

Guards guardsAt(const Stmt *S, ASTContext &Context) {
  Guards Found;
  const Stmt *Below = S;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    const auto *Outer = Above.get<Stmt>();
    if (!Outer)
      return Above.get<VarDecl>() != nullptr;
    if (const auto *If = dyn_cast<IfStmt>(Outer);
        If && (Below == If->getThen() || Below == If->getElse())) {
      bool Value = Below == If->getThen();
      const Expr *Condition = stripNot(If->getCond(), Value);
      Found.push_back({If, Condition, Value});
    } else if (const auto *Switch = dyn_cast<SwitchStmt>(Outer);
               Switch && Below == Switch->getBody()) {
      Found.push_back({Switch, Switch->getCond(), true});
    }
    Below = Outer;
    return true;
  });
  return Found;
}

bool areSpelledAlike(const Expr *A, const Expr *B, const ASTContext &Context) {
  bool Ignored = true;
  return isSpelledAlike(stripNot(A, Ignored), stripNot(B, Ignored), Context);
}

bool areOpposite(const Guard &A, const Guard &B, const ASTContext &Context) {
  return A.Value != B.Value && isa<IfStmt>(A.Branch) && isa<IfStmt>(B.Branch) &&
         isSpelledAlike(A.Condition, B.Condition, Context);
}

bool mayImply(const Guard &Passed, const Guard &Denied, const ASTContext &Context) {
  bool AreIfs = isa<IfStmt>(Passed.Branch) && isa<IfStmt>(Denied.Branch);
  if (AreIfs && isSpelledAlike(Passed.Condition, Denied.Condition, Context))
    return Passed.Value == Denied.Value;
  return shareAVariable(Passed.Condition, Denied.Condition);
}

} // namespace torchtidy
