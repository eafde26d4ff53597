// Lists that LibTorch only looks at: ArrayRef, OptionalArrayRef, its string_view; and whose they
// are.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_ARRAYREFS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_ARRAYREFS_H

#include "model/memory/BorrowPaths.h"

namespace torchtidy {

/// The owner of the list that \p E, a construction of an ArrayRef, refers to: a braced list or
/// temporary, a container, an array, a single element. Unknown for copies of ArrayRefs and for any
/// other expression.
MemoryOwner ownerOfList(const clang::Expr *E, const ProjectIndex &Index);

/// Calls \p Visit for each ArrayRef that \p Function and its lambdas make of what has a known owner
/// and bind to something, with the body that makes it.
void forEachArrayRef(const clang::FunctionDecl *Function, const ProjectIndex &Index,
                     llvm::function_ref<void(const Borrow &, const clang::FunctionDecl *)> Visit);

/// The ArrayRef made in the initialiser of a variable at file level or of a member from what ends
/// with it; null when there is none.
const clang::Expr *madeOfTemporary(const clang::Expr *Initialiser, const ProjectIndex &Index,
                                   const clang::ASTContext &Context);

/// A container's type that holds what \p Type, an ArrayRef, shows: "std::vector<int64_t>"; empty
/// where none is known.
std::string owningType(clang::QualType Type);

/// Does the code of the local \p Variable, an ArrayRef, compile with such a container in its place?
/// Not where it is made of an array or another ArrayRef, asked for `vec()` or `slice()`, or
/// assigned to. True for variables at file level, whose uses are not looked for.
bool canBeContainer(const clang::VarDecl *Variable);

} // namespace torchtidy

#endif
