// Numbers of elements and bytes that can be compared though a run decides them: `n` and `4 * n`.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_AMOUNT_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_AMOUNT_H

#include "model/Clang.h"
#include <optional>
#include <string>

namespace torchtidy {

/// \c Times, times what each of some variables holds, which their function never writes.
struct Amount {
  int64_t Times = 1;
  llvm::SmallVector<const clang::VarDecl *, 2> Of = {}; // in the order of their declarations

  /// Of the same variables: the larger one has more \c Times.
  bool isComparable(const Amount &Other) const { return Of == Other.Of; }
  Amount times(const Amount &Other) const;
  /// "48", "n", "4 * n * m"
  std::string text() const;
  /// For messages: "48", "'4 * n * m'"
  std::string quoted() const { return Of.empty() ? text() : "'" + text() + "'"; }
};

/// Of `48`, `n`, `n * sizeof(float)`, `static_cast<int64_t>(n)`; nothing for any other expression.
std::optional<Amount> amountOf(const clang::Expr *E, const clang::ASTContext &Context);

} // namespace torchtidy

#endif
