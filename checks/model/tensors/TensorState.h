// Tensor members: which are given a value where, whether a value carries a graph, which functions
// write them.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORSTATE_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_TENSORSTATE_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

/// A write to a member: `m = v`, `m[k] = v`, `m.push_back(v)`, `std::tie(a, m) = v`, `layer->weight
/// = v`.
struct MemberWrite {
  const clang::Expr *Where = nullptr;  // the whole write
  const clang::Expr *Target = nullptr; // the member expression
  const clang::FieldDecl *Field = nullptr;
  const clang::Expr *Value = nullptr;
  bool OnThis = false;
  bool IsRebinding = false; // plain assignment to the member itself
};

/// Writes of tensors (or of containers of them) to data members in \p Function, lambdas included,
/// in source order.
std::vector<MemberWrite> memberWrites(const clang::FunctionDecl *Function);

/// False when \p Value certainly has no autograd history: detached, created from nothing, an index
/// or a comparison.
/// \p Self names the member that is being updated: its own earlier value decides nothing.
bool mayHaveGraph(const clang::Expr *Value, const clang::FieldDecl *Self, ModuleModel &Model);

/// Whether \p Value is a tensor that \p Is accepts, handed on by in-place methods (`x.mul_(2)`) or
/// by functions that return what they are given (`assign(x, y)`); with \p Unknown by those, too,
/// whose body is not in view.
bool isSameTensor(const clang::Expr *Value, llvm::function_ref<bool(const clang::Expr *)> Is,
                  bool Unknown = false);

/// `x = x.mul_(2)`: the right side is the same tensor.
bool isInPlaceOf(const clang::Expr *Value, const clang::FieldDecl *Field, bool Unknown = false);

/// The tensor carries requires_grad by the way it is made.
bool asksForGrad(const clang::Expr *Value, const clang::ASTContext &Context);

} // namespace torchtidy

#endif
