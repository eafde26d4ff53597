// Which tensor members a function gives a value, and where.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_MEMBERWRITES_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_MEMBERWRITES_H

#include "model/Clang.h"
#include <vector>

namespace torchtidy {

/// A write to a member: `m = v`, `m[k] = v`, `m.push_back(v)`, `std::tie(a, m) = v`, `layer->weight
/// = v`.
struct MemberWrite {
  const clang::Expr *Where = nullptr;  // the whole write
  const clang::Expr *Target = nullptr; // the member expression
  const clang::FieldDecl *Field = nullptr;
  const clang::Expr *Value = nullptr;
  bool OnThis = false;
  bool IsRebinding = false;   // plain assignment to the member itself
  bool IsOfPositions = false; // std::tie(v, m) = x.max(1)
};

/// Writes of tensors (or of containers of them) to data members in \p Function, lambdas included,
/// in source order.
std::vector<MemberWrite> memberWrites(const clang::FunctionDecl *Function);

} // namespace torchtidy

#endif
