// The sizes of a tensor, where the code spells them: `torch::rand({1, 28, 28})`.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_SPELLEDSIZES_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_SPELLEDSIZES_H

#include "model/Clang.h"
#include <optional>

namespace torchtidy {

/// A size that is no constant is an empty entry.
using SpelledSizes = llvm::SmallVector<std::optional<int64_t>, 4>;

/// Of \p Tensor in \p Body: made from a list, viewed as one, given a dimension in front, and what
/// keeps the shape of such; through locals that have one value. Nothing for others.
std::optional<SpelledSizes> spelledSizes(const clang::Expr *Tensor, const clang::FunctionDecl *Body,
                                         const clang::ASTContext &Context);

/// A part of a tensor of \p Sizes that is picked along \p Dimension lies in one piece: all
/// dimensions before it have one index.
bool liesInOnePiece(const SpelledSizes &Sizes, int64_t Dimension);

/// \p Call, a permute() or transpose() of a tensor of \p Sizes, moves dimensions of one index
/// alone, so that the elements keep their order.
bool movesOnesAlone(const clang::CallExpr *Call, const SpelledSizes &Sizes,
                    const clang::ASTContext &Context);

} // namespace torchtidy

#endif
