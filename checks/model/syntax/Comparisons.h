// Tests of equality, built in, overloaded or rewritten by C++20, as one thing: `i == 1`,
// `kind != "conv"`, `nullptr == fc`.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_COMPARISONS_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_COMPARISONS_H

#include "model/Clang.h"
#include <optional>

namespace torchtidy {

struct Equality {
  const clang::Expr *Left = nullptr;
  const clang::Expr *Right = nullptr;
  bool IsEqual = true; // `==`, not `!=`
};

/// \p S taken as a test of equality, its operands as they are written; nothing for any other
/// statement and for null.
std::optional<Equality> asEquality(const clang::Stmt *S);

} // namespace torchtidy

#endif
