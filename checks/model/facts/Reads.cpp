#include "model/facts/Reads.h"
#include "model/torch/ModuleExprs.h"

using namespace clang;

namespace torchtidy {

namespace {

class FieldReads : public RecursiveASTVisitor<FieldReads> {
public:
  FieldReads(const ValueDecl *Field, bool OnHost) : Field(Field), OnHost(OnHost) {}
  bool Found = false;
  bool TraverseCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
    if (Call->getOperator() == OO_Equal && fieldOfThis(Call->getArg(0)) == Field)
      return TraverseStmt(Call->getArg(1));
    return RecursiveASTVisitor::TraverseCXXOperatorCallExpr(Call);
  }
  bool TraverseCXXMemberCallExpr(CXXMemberCallExpr *Call) {
    if (!OnHost && isHostRead(Call->getMethodDecl()) &&
        isElement(Call->getImplicitObjectArgument()))
      return true;
    return RecursiveASTVisitor::TraverseCXXMemberCallExpr(Call);
  }
  bool VisitMemberExpr(MemberExpr *Member) {
    Found |= Member->getMemberDecl() == Field;
    return !Found;
  }

private:
  static bool isHostRead(const CXXMethodDecl *Method) {
    return Method && Method->getIdentifier() &&
           llvm::is_contained({"item", "size", "sizes", "numel", "dim", "defined"},
                              Method->getName());
  }
  // The member itself, or table[i][j].
  bool isElement(const Expr *E) const {
    E = stripValue(E);
    while (const auto *Call = dyn_cast<CXXOperatorCallExpr>(E)) {
      if (Call->getOperator() != OO_Subscript)
        return false;
      E = stripValue(Call->getArg(0));
    }
    return fieldOfThis(E) == Field;
  }

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

} // namespace torchtidy
