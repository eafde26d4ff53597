// Which variable or data member an expression names. Several answers, because rules ask several
// questions: the name itself (namedDecl), a member of this object only (fieldOfThis), or whose
// storage a part belongs to (placeOf). All look through what keeps the value: parentheses, implicit
// nodes, temporaries, std::move, copies.
#ifndef TORCHTIDY_CHECKS_MODEL_SYNTAX_PLACES_H
#define TORCHTIDY_CHECKS_MODEL_SYNTAX_PLACES_H

#include "model/Clang.h"

namespace torchtidy {

/// Looks through parentheses, implicit nodes, temporaries, casts that keep the value (static_cast
/// of a reference, std::move, std::forward) and single-argument copy or move constructions.
const clang::Expr *stripValue(const clang::Expr *E);

/// stripValue, and through `Linear(m)`, which with one argument is a cast. Null for null.
const clang::Expr *stripCasts(const clang::Expr *E);

/// What \p E names: `x`, `m`, `this->m`, `obj.m`, `p->m`, a static member, a structured binding, a
/// function. Null for elements, calls and methods of an object, and for null.
const clang::ValueDecl *namedDecl(const clang::Expr *E);

/// namedDecl() where it is a variable or parameter that is named without an object, else null.
const clang::VarDecl *namedVariable(const clang::Expr *E);

/// The data member behind `m`, `this->m`, `obj.m` and `p->m`, else null.
const clang::FieldDecl *namedField(const clang::Expr *E);

/// namedField() where the object is `this`, or a base or a plain struct in it: `m`, `this->s.m`.
const clang::FieldDecl *fieldOfThis(const clang::Expr *E);

/// `this`, `*this`, `(*this)`.
bool isThis(const clang::Expr *E);

/// `&x` stands for x where it is handed on; any other expression for itself.
const clang::Expr *pointee(const clang::Expr *E);

/// `v` of `v[i]` and `v[i][j]`, arrays and containers alike; \p E itself without a subscript.
const clang::Expr *stripSubscripts(const clang::Expr *E);

/// The storage that \p E shows a part of: x, x.y, x[i], *x, p->y, x.back(), it->second.
struct Place {
  const clang::ValueDecl *Root = nullptr; // x; null for `this` and where nothing is named
  const clang::ValueDecl *Last = nullptr; // the last part with a name: y of x.y[i]
  bool IsThis = false;                    // it starts at `this`
  bool ThroughPointer = false;            // a pointer or handle stands between: *x, p->y

  explicit operator bool() const { return Root || IsThis; }
};
Place placeOf(const clang::Expr *E);

} // namespace torchtidy

#endif
