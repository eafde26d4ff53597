// Values that are spelled out, or that the compiler can compute.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_LITERALS_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_LITERALS_H

#include "model/Clang.h"
#include <optional>

namespace torchtidy {

/// The literal behind \p E, also where it was made a std::string, a string_view or a key of a
/// dictionary; null for anything else, and for wide literals.
const clang::StringLiteral *stringLiteral(const clang::Expr *E);

/// Its text; nothing for anything else. The empty string is a literal too.
std::optional<llvm::StringRef> literalText(const clang::Expr *E);

/// `true` or `false`, spelled or by default argument; nothing for any other expression.
std::optional<bool> boolLiteral(const clang::Expr *E);
/// The same where it may have been made into an optional.
std::optional<bool> optionalBool(const clang::Expr *E);

/// The whole number or enumerator that \p E always is: `2 * sizeof(int)`; nothing where that
/// depends on the run or a template, and for null.
std::optional<int64_t> integerConstant(const clang::Expr *E, const clang::ASTContext &Context);

} // namespace torchtidy

#endif
