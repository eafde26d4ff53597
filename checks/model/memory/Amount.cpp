#include "model/memory/Amount.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Places.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isHandedOut(const CallExpr *Call, const VarDecl *Variable) {
  for (auto [Argument, Parameter] : argumentsWithParameters(Call, calleeOf(Call))) {
    QualType Type = Parameter->getType();
    if (Type->isReferenceType() && !Type->getPointeeType().isConstQualified() &&
        namedVariable(Argument) == Variable)
      return true;
  }
  return false;
}

// Assigned, counted, or given to what may write it.
bool isWritten(const Stmt *S, const VarDecl *Variable) {
  if (const auto *Address = dyn_cast<UnaryOperator>(S);
      Address && Address->getOpcode() == UO_AddrOf)
    return namedVariable(Address->getSubExpr()) == Variable;
  if (const Expr *Target = writtenBy(S))
    return namedVariable(Target) == Variable;
  if (const auto *Declared = dyn_cast<DeclStmt>(S))
    return llvm::any_of(Declared->decls(), [&](const Decl *D) {
      const auto *Other = dyn_cast<VarDecl>(D);
      return Other && Other->getType()->isReferenceType() && Other->getInit() &&
             namedVariable(Other->getInit()) == Variable;
    });
  const auto *Call = dyn_cast<CallExpr>(S);
  return Call && isHandedOut(Call, Variable);
}

bool isFixed(const VarDecl *Variable) {
  const auto *Function = dyn_cast_or_null<FunctionDecl>(Variable->getDeclContext());
  return Function && Function->hasBody() && Variable->hasLocalStorage() &&
         Variable->getType()->isIntegerType() &&
         (isa<ParmVarDecl>(Variable) || Variable->getInit()) &&
         !anyDescendant<Stmt>(Function->getBody(),
                              [&](const Stmt *S) { return isWritten(S, Variable); });
}

// Casts between numbers that keep all values.
const Expr *stripWidening(const Expr *E, const ASTContext &Context) {
  QualType Whole = E->getType();
  E = stripValue(E);
  if (E && Whole->isIntegerType() && E->getType()->isIntegerType() &&
      Context.getTypeSize(Whole) < Context.getTypeSize(E->getType()))
    return nullptr;
  while (const auto *Cast = dyn_cast_or_null<ExplicitCastExpr>(E)) {
    QualType From = Cast->getSubExpr()->IgnoreParenImpCasts()->getType(), To = Cast->getType();
    if (!From->isIntegerType() || !To->isIntegerType() ||
        Context.getTypeSize(To) < Context.getTypeSize(From))
      return nullptr;
    E = stripValue(Cast->getSubExpr());
  }
  return E;
}

} // namespace

Amount Amount::times(const Amount &Other) const {
  Amount Product{Times * Other.Times, Of};
  Product.Of.append(Other.Of.begin(), Other.Of.end());
  llvm::sort(Product.Of, [](const VarDecl *A, const VarDecl *B) {
    return A->getLocation() < B->getLocation();
  });
  return Product;
}

std::string Amount::text() const {
  std::string Text = Of.empty() || Times != 1 ? std::to_string(Times) : "";
  for (const VarDecl *Variable : Of)
    Text += (Text.empty() ? "" : " * ") + Variable->getNameAsString();
  return Text;
}

std::optional<Amount> amountOf(const Expr *E, const ASTContext &Context) {
  if (!E)
    return std::nullopt;
  if (std::optional<int64_t> Value = integerConstant(E, Context))
    return Amount{*Value, {}};
  E = stripWidening(E, Context);
  const auto *Product = dyn_cast_or_null<BinaryOperator>(E);
  if (Product && Product->getOpcode() == BO_Mul) {
    std::optional<Amount> Left = amountOf(Product->getLHS(), Context);
    std::optional<Amount> Right = amountOf(Product->getRHS(), Context);
    return Left && Right ? std::optional(Left->times(*Right)) : std::nullopt;
  }
  const auto *Ref = dyn_cast_or_null<DeclRefExpr>(E);
  const auto *Variable = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  return Variable && isFixed(Variable) ? std::optional(Amount{1, {Variable}}) : std::nullopt;
}

} // namespace torchtidy
