#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Places.h"
#include "model/syntax/Walk.h"

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

const CallExpr *asTie(const Expr *Target) {
  const auto *Call = dyn_cast<CallExpr>(stripValue(Target));
  return isStdNamed(calleeOf(Call), {"tie"}) ? Call : nullptr;
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

bool assigns(const Stmt *S, const ValueDecl *D) {
  std::optional<Assignment> Found = asPlainAssignment(S);
  return Found && namedDecl(Found->Target) == D;
}

bool isAssignedIn(const Stmt *Root, const ValueDecl *D) {
  return anyDescendant<Expr>(Root, [&](const Expr *E) {
    std::optional<Assignment> Found = asAssignment(E);
    return Found && namedDecl(Found->Target) == D;
  });
}

bool declares(const Stmt *S, const ValueDecl *D) {
  const auto *Declaration = dyn_cast_or_null<DeclStmt>(S);
  return Declaration && llvm::any_of(Declaration->decls(), [&](const Decl *Each) {
           const auto *Whole = dyn_cast<DecompositionDecl>(Each);
           return Each == D || (Whole && llvm::is_contained(Whole->bindings(), D));
         });
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
