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
      const Expr *Condition = stripCondition(If->getCond());
      if (const auto *Not = dyn_cast<UnaryOperator>(Condition);
          Not && Not->getOpcode() == UO_LNot) {
        Condition = stripCondition(Not->getSubExpr());
        Value = !Value;
      }
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

} // namespace torchtidy
