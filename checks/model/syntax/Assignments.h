// Assignments, built in or overloaded, as one thing: `i = 1`, `x = y`, `x += y`, `mask &= other`.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_ASSIGNMENTS_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_ASSIGNMENTS_H

#include "model/Clang.h"
#include <optional>

namespace torchtidy {

struct Assignment {
  const clang::Expr *Whole = nullptr;
  const clang::Expr *Target = nullptr;
  const clang::Expr *Value = nullptr;
  bool IsCompound = false; // the target keeps a part of what it was
};

/// \p S taken as an assignment of any kind, compound ones included; nothing for any other
/// statement and for null.
std::optional<Assignment> asAssignment(const clang::Stmt *S);

/// The same for `=` alone, which gives its target another value.
inline std::optional<Assignment> asPlainAssignment(const clang::Stmt *S) {
  std::optional<Assignment> Found = asAssignment(S);
  return Found && !Found->IsCompound ? Found : std::nullopt;
}

/// The call of `std::tie` that \p Target is, which gives several names a value; else null.
const clang::CallExpr *asTie(const clang::Expr *Target);

/// `+=`, `&=`, `<<=` and the other operators that change their target.
inline bool isCompoundAssignment(clang::OverloadedOperatorKind Kind) {
  return Kind != clang::OO_Equal && clang::CXXOperatorCallExpr::isAssignmentOp(Kind);
}

/// Calls \p Visit with each field of an aggregate and the initialiser that \p List spells for it:
/// `Block{Linear(4, 4), Linear(4, 2)}`.
void forEachFieldOfList(
    const clang::InitListExpr *List,
    llvm::function_ref<void(const clang::FieldDecl *, const clang::Expr *)> Visit);

/// \p S is `d = …`, which gives \p D another value.
bool assigns(const clang::Stmt *S, const clang::ValueDecl *D);

/// An assignment of any kind at or under \p Root is to \p D itself.
bool isAssignedIn(const clang::Stmt *Root, const clang::ValueDecl *D);

/// \p S declares \p D, also as a part of `auto [a, b] = …`.
bool declares(const clang::Stmt *S, const clang::ValueDecl *D);

/// What \p S writes to when it is an assignment, `++` or `--`; else null.
const clang::Expr *writtenBy(const clang::Stmt *S);

} // namespace torchtidy

#endif
