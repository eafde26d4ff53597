// Loads of weights that leave some out: whether the code looks at what was left.
#ifndef TORCHTIDY_CHECKS_MODEL_TENSORS_PARTIALLOADS_H
#define TORCHTIDY_CHECKS_MODEL_TENSORS_PARTIALLOADS_H

#include "model/syntax/CallWalk.h"
#include <optional>

namespace torchtidy {

/// Writes a stored value into a tensor: `p.copy_(value)`, `p.set_data(value)`.
bool copiesIntoTensor(const clang::CallExpr *Call);

/// A loop over a module's state that copies what it finds under a name, and does nothing else.
struct PartialCopy {
  const clang::CXXForRangeStmt *Loop = nullptr;
  const clang::Expr *Question = nullptr; // `dict.find(key)`: is the name there?
};

/// The loop around \p Copy, a call of \p Function that copiesIntoTensor(), when names that are not
/// found are passed over in silence; nothing also where no name can be missing, as from one object
/// of a class to another.
std::optional<PartialCopy> partialCopy(const clang::FunctionDecl *Function,
                                       const clang::CallExpr *Copy, const UseContext &Where);

/// `torchtidy::load_state_dict(…, strict(false))` as a statement of its own: what it returns says
/// what was left out.
bool dropsReportOfPartialLoad(const clang::CallExpr *Load, const UseContext &Where);

/// \p Load in \p Try may leave a module with some tensors of the file, and what follows it in the
/// block tells nobody: no module outlives the block otherwise, or what is assigned or left behind
/// the load says that it went well.
bool leavesHalfLoaded(const clang::CXXTryStmt *Try, const clang::CallExpr *Load);

/// A handler that an error of LibTorch reaches.
bool catchesLoadErrors(const clang::CXXCatchStmt *Handler);

/// A branch or handler that does nothing: `{}`, `continue;`.
bool isSilentSkip(const clang::Stmt *S);

} // namespace torchtidy

#endif
