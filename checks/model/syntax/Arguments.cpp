#include "model/syntax/Arguments.h"

using namespace clang;

namespace torchtidy {

llvm::ArrayRef<const Expr *> argumentsOf(const CallExpr *Call) {
  llvm::ArrayRef<const Expr *> Arguments(Call->getArgs(), Call->getNumArgs());
  if (!isa<CXXOperatorCallExpr>(Call))
    return Arguments;
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(Call->getDirectCallee());
  bool ObjectFirst = Method && !Method->isExplicitObjectMemberFunction();
  return ObjectFirst ? Arguments.drop_front() : Arguments;
}

llvm::ArrayRef<const Expr *> argumentsOf(const CXXConstructExpr *E) {
  return llvm::ArrayRef<const Expr *>(E->getArgs(), E->getNumArgs());
}

llvm::ArrayRef<const Expr *> writtenArguments(llvm::ArrayRef<const Expr *> Arguments) {
  return Arguments.take_until([](const Expr *E) { return isa<CXXDefaultArgExpr>(E); });
}

bool takesToChange(QualType Type) {
  return Type->isLValueReferenceType() && !Type->getPointeeType().isConstQualified();
}

const Expr *throughDefault(const Expr *E) {
  if (const auto *Argument = dyn_cast_or_null<CXXDefaultArgExpr>(E))
    return Argument->getExpr();
  if (const auto *Initialiser = dyn_cast_or_null<CXXDefaultInitExpr>(E))
    return Initialiser->getExpr();
  return E;
}

} // namespace torchtidy
