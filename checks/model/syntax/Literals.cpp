#include "model/syntax/Literals.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Places.h"

using namespace clang;

namespace torchtidy {

const clang::StringLiteral *stringLiteral(const Expr *E) {
  E = stripValue(E);
  while (E) {
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      E = Construct->getNumArgs() ? stripValue(Construct->getArg(0)) : nullptr;
    else if (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E)) // std::string("x")
      E = stripValue(Cast->getSubExpr());
    else
      break;
  }
  const auto *Literal = dyn_cast_or_null<clang::StringLiteral>(E);
  return Literal && Literal->isOrdinary() ? Literal : nullptr;
}

std::optional<llvm::StringRef> literalText(const Expr *E) {
  const clang::StringLiteral *Literal = stringLiteral(E);
  return Literal ? std::optional(Literal->getString()) : std::nullopt;
}

std::optional<bool> boolLiteral(const Expr *E) {
  const auto *Literal = dyn_cast_or_null<CXXBoolLiteralExpr>(stripValue(throughDefault(E)));
  return Literal ? std::optional(Literal->getValue()) : std::nullopt;
}

std::optional<bool> optionalBool(const Expr *E) {
  E = stripValue(throughDefault(E));
  while (const auto *Construct = dyn_cast_or_null<CXXConstructExpr>(E))
    E = Construct->getNumArgs() ? stripValue(throughDefault(Construct->getArg(0))) : nullptr;
  return E ? boolLiteral(E) : std::nullopt;
}

std::optional<int64_t> integerConstant(const Expr *E, const ASTContext &Context) {
  Expr::EvalResult Result;
  if (!E || E->isValueDependent() || !E->getType()->isIntegralOrEnumerationType() ||
      !E->EvaluateAsInt(Result, Context))
    return std::nullopt;
  return Result.Val.getInt().tryExtValue();
}

} // namespace torchtidy
