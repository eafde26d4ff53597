// Values that show memory which they do not own, and how they travel: a tensor made by from_blob
// and its views, a pointer and what is computed from it, an ArrayRef; and what holds such a value:
// pairs, structs, containers, lambdas that captured it.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_BORROW_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_BORROW_H

#include "model/memory/MemoryOwner.h"
#include <optional>

namespace torchtidy {

/// One value that shows memory of \p Owner, at the place where it is made.
struct Borrow {
  const clang::Expr *Seed = nullptr;
  MemoryOwner Owner;
  /// Of a tensor: its dtype, where that is a constant, and whether its elements are not known to
  /// lie in order.
  std::optional<int64_t> DType;
  bool IsStrided = false;
  /// The call that makes the owner another than what lives on, where it copies: `x.cpu()`.
  const clang::CallExpr *MayCopy = nullptr;
};

/// What an expression has of a borrowed value.
struct Carry {
  enum KindType : uint8_t {
    Nothing,
    Same,
    Strided, // a view whose elements do not lie in order: contiguous() copies it
  };
  KindType Kind = Nothing;
  /// The call that need not copy, but may: `to(device)`.
  const clang::CallExpr *MayCopy = nullptr;

  explicit operator bool() const { return Kind != Nothing; }
  bool operator==(const Carry &Other) const {
    return Kind == Other.Kind && MayCopy == Other.MayCopy;
  }
};

/// What the variable, member or element at that place holds of it.
using HeldFn = llvm::function_ref<Carry(const Place &)>;

/// What \p E carries of \p Value, given what places hold. The seed itself carries when
/// \p SeedIsFresh.
Carry carriedBy(const clang::Expr *E, const Borrow &Value, bool SeedIsFresh, HeldFn Held,
                const clang::ASTContext &Context);

/// The place that \p E names, through local references and pointers to it.
Place resolvedPlace(const clang::Expr *E);

/// An object of \p Type may hold a pointer: no number, string or container of such.
bool canCarry(clang::QualType Type);

} // namespace torchtidy

#endif
