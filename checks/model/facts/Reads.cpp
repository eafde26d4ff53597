#include "model/facts/Reads.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

class FieldReads : public RecursiveASTVisitor<FieldReads> {
public:
  FieldReads(const ValueDecl *Field, bool OnHost) : Field(Field), OnHost(OnHost) {}
  bool Found = false;
  bool TraverseCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
    if (asOperator(Call, OO_Equal) && fieldOfThis(Call->getArg(0)) == Field)
      return TraverseStmt(Call->getArg(1));
    return RecursiveASTVisitor::TraverseCXXOperatorCallExpr(Call);
  }
  bool TraverseCXXMemberCallExpr(CXXMemberCallExpr *Call) {
    if (!OnHost && isHostRead(Call) && isElement(Call->getImplicitObjectArgument()))
      return true;
    return RecursiveASTVisitor::TraverseCXXMemberCallExpr(Call);
  }
  bool VisitMemberExpr(MemberExpr *Member) {
    Found |= Member->getMemberDecl() == Field;
    return !Found;
  }

private:
  // Asked for its values or sizes: `item()`, `size(0)`, `defined()`; `equal(x)` wants both on one
  // device.
  static bool isHostRead(const CallExpr *Call) {
    Operation Called = operationOf(Call);
    bool Asks = Called.has(Waits) || Called.has(TakesUndefined) || Called.is(Op::size);
    return Asks && Called.Gives == ResultKind::Host &&
           llvm::none_of(Call->arguments(),
                         [](const Expr *A) { return isTensorType(A->getType()); });
  }
  // The member itself, or table[i][j].
  bool isElement(const Expr *E) const { return fieldOfThis(stripSubscripts(E)) == Field; }

  const ValueDecl *Field;
  const bool OnHost;
};

bool isRead(const ValueDecl *Field, llvm::ArrayRef<const FunctionDecl *> In, bool OnHost) {
  return llvm::any_of(In, [&](const FunctionDecl *F) {
    FieldReads Visitor(Field, OnHost);
    Visitor.TraverseStmt(F->getBody());
    return Visitor.Found;
  });
}

} // namespace

bool isRead(const ValueDecl *Field, llvm::ArrayRef<const FunctionDecl *> In) {
  return isRead(Field, In, /*OnHost=*/true);
}

bool isReadAsTensor(const ValueDecl *Field, llvm::ArrayRef<const FunctionDecl *> In) {
  return isRead(Field, In, /*OnHost=*/false);
}

bool isOnlyReturned(const ValueDecl *Field, llvm::ArrayRef<const FunctionDecl *> In) {
  unsigned Mentions = 0, Returned = 0;
  for (const FunctionDecl *Function : In) {
    if (isa<CXXConstructorDecl>(Function))
      continue;
    forEach<MemberExpr>(Function->getBody(), [&](const MemberExpr *Member) {
      Mentions += Member->getMemberDecl() == Field;
    });
    forEach<ReturnStmt>(Function->getBody(), [&](const ReturnStmt *Return) {
      Returned += Return->getRetValue() && namedDecl(Return->getRetValue()) == Field;
    });
  }
  return Returned > 0 && Mentions == Returned;
}

} // namespace torchtidy
