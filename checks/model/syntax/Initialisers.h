// What a local name was initialised with. Names lead to names, and C++ lets one lead to itself:
// `Tensor w = w;` and `auto &w = w;` compile, and two globals may name each other. Every walk from
// names to what they stand for goes through here; one that recurses counts its depth as well.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_INITIALISERS_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_INITIALISERS_H

#include "model/Clang.h"

namespace torchtidy {

/// The initialiser of \p Variable, stripped; null for a parameter, whose default argument is not
/// its value, for a variable without one, for `Tensor w = w;`, and for null.
const clang::Expr *initialiserOf(const clang::VarDecl *Variable);

/// initialiserOf() the variable that \p E names; null when it names none.
const clang::Expr *initialiserOf(const clang::Expr *E);

/// Follows the names from \p E on, `auto &w = fc->weight; auto v = w;`, to the first expression
/// that names no variable with an initialiser, here `fc->weight` for `v`. \p Value may refuse a
/// variable (null) or take more off its initialiser. Ends after a few steps, whatever leads to
/// whatever.
const clang::Expr *followInitialiser(
    const clang::Expr *E,
    llvm::function_ref<const clang::Expr *(const clang::VarDecl *)> Value =
        [](const clang::VarDecl *Variable) { return initialiserOf(Variable); });

} // namespace torchtidy

#endif
