#include "model/syntax/Assignments.h"

using namespace clang;

namespace torchtidy {

std::optional<Assignment> asAssignment(const Stmt *S) {
  if (const auto *Builtin = dyn_cast_or_null<BinaryOperator>(S)) {
    if (!Builtin->isAssignmentOp())
      return std::nullopt;
    return Assignment{Builtin, Builtin->getLHS(), Builtin->getRHS(),
                      Builtin->isCompoundAssignmentOp()};
  }
  const auto *Overloaded = dyn_cast_or_null<CXXOperatorCallExpr>(S);
  if (!Overloaded || !Overloaded->isAssignmentOp() || Overloaded->getNumArgs() != 2)
    return std::nullopt;
  return Assignment{Overloaded, Overloaded->getArg(0), Overloaded->getArg(1),
                    isCompoundAssignment(Overloaded->getOperator())};
}

void forEachFieldOfList(const InitListExpr *List,
                        llvm::function_ref<void(const FieldDecl *, const Expr *)> Visit) {
  const auto *Record = List->getType()->getAsCXXRecordDecl();
  if (!Record || !List->isSemanticForm() || !Record->hasDefinition() || Record->isInStdNamespace())
    return;
  for (auto [Field, Init] : llvm::zip(Record->getDefinition()->fields(), List->inits()))
    if (!isa<CXXDefaultInitExpr>(Init))
      Visit(Field, Init);
}

const Expr *writtenBy(const Stmt *S) {
  if (std::optional<Assignment> Found = asAssignment(S))
    return Found->Target;
  if (const auto *Unary = dyn_cast_or_null<UnaryOperator>(S))
    return Unary->isIncrementDecrementOp() ? Unary->getSubExpr() : nullptr;
  const auto *Operator = dyn_cast_or_null<CXXOperatorCallExpr>(S);
  bool Steps = Operator &&
               (Operator->getOperator() == OO_PlusPlus || Operator->getOperator() == OO_MinusMinus);
  return Steps ? Operator->getArg(0) : nullptr;
}

} // namespace torchtidy
