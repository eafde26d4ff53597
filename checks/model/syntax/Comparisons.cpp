#include "model/syntax/Comparisons.h"

using namespace clang;

namespace torchtidy {

std::optional<Equality> asEquality(const Stmt *S) {
  if (const auto *Builtin = dyn_cast_or_null<BinaryOperator>(S)) {
    if (!Builtin->isEqualityOp())
      return std::nullopt;
    return Equality{Builtin->getLHS(), Builtin->getRHS(), Builtin->getOpcode() == BO_EQ};
  }
  if (const auto *Rewritten = dyn_cast_or_null<CXXRewrittenBinaryOperator>(S)) {
    CXXRewrittenBinaryOperator::DecomposedForm Form = Rewritten->getDecomposedForm();
    if (!BinaryOperator::isEqualityOp(Form.Opcode))
      return std::nullopt;
    return Equality{Form.LHS, Form.RHS, Form.Opcode == BO_EQ};
  }
  const auto *Overloaded = dyn_cast_or_null<CXXOperatorCallExpr>(S);
  if (!Overloaded || Overloaded->getNumArgs() != 2 ||
      (Overloaded->getOperator() != OO_EqualEqual && Overloaded->getOperator() != OO_ExclaimEqual))
    return std::nullopt;
  return Equality{Overloaded->getArg(0), Overloaded->getArg(1),
                  Overloaded->getOperator() == OO_EqualEqual};
}

} // namespace torchtidy
