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
    if (!OnHost && isPart(Call->getImplicitObjectArgument())) {
      if (isHostRead(Call))
        return true;
      if (isMovedToAnother(Call))
        return llvm::all_of(Call->arguments(), [&](Expr *A) { return TraverseStmt(A); });
    }
    if (!OnHost && operationOf(Call).isOneOf({Op::index, Op::index_put_}) &&
        Call->getNumArgs() >= 1)
      noteIndices(Call->getArg(0));
    return RecursiveASTVisitor::TraverseCXXMemberCallExpr(Call);
  }
  bool VisitMemberExpr(MemberExpr *Member) {
    Found |= Member->getMemberDecl() == Field && !Indices.contains(Member);
    return !Found;
  }

private:
  // Asked for its values or sizes: `item()`, `size(0)`, `defined()`; `equal(x)` wants both on one
  // device.
  static bool isHostRead(const CallExpr *Call) {
    Operation Called = operationOf(Call);
    bool Asks = Called.has(Waits) || Called.has(TakesUndefined) ||
                Called.isOneOf({Op::size, Op::accessor, Op::data_ptr, Op::const_data_ptr});
    return Asks && Called.Gives == ResultKind::Host &&
           llvm::none_of(Call->arguments(),
                         [](const Expr *A) { return isTensorType(A->getType()); });
  }
  // `mask.to(x.device())`: brought to where it is used each time it is used.
  static bool isMovedToAnother(const CallExpr *Call) {
    return operationOf(Call).has(Converts) &&
           llvm::any_of(Call->arguments(), [](const Expr *Argument) {
             return anyDescendant<Expr>(Argument, [](const Expr *E) {
               return isTensorType(E->getType()) ||
                      (isa<DeclRefExpr, MemberExpr>(E) &&
                       (isTensorOptions(E->getType()) || isDevice(E->getType())));
             });
           });
  }
  // The member itself, table[i][j], table.slice(0, 0, n), table.index({i}).
  bool isPart(const Expr *E) const {
    while (true) {
      E = stripSubscripts(stripValue(E));
      const auto *Call = dyn_cast<CXXMemberCallExpr>(E);
      Operation Called = operationOf(Call);
      if (!Call || !(Called.reshapes() || Called.is(Op::index)))
        return fieldOfThis(E) == Field;
      E = Call->getImplicitObjectArgument();
    }
  }
  // Of `x.index({Slice(), order})`: indices on the host select from a tensor on any device.
  void noteIndices(const Expr *List) {
    const InitListExpr *Written = listIn(List);
    if (!Written)
      return;
    for (const Expr *Index : Written->inits()) {
      const auto *Construct = dyn_cast<CXXConstructExpr>(stripValue(Index));
      const Expr *Of = Construct && Construct->getNumArgs() == 1 ? Construct->getArg(0) : Index;
      if (fieldOfThis(stripValue(Of)) == Field)
        Indices.insert(stripValue(Of));
    }
  }

  const ValueDecl *Field;
  const bool OnHost;
  llvm::SmallPtrSet<const Expr *, 2> Indices;
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
