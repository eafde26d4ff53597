// Uses of members that a constructor may leave null: paths of a constructor, and on from its end
// into the methods.
#ifndef TORCHTIDY_CHECKS_MODEL_MODULES_NULLUSES_H
#define TORCHTIDY_CHECKS_MODEL_MODULES_NULLUSES_H

#include "model/modules/ModuleModel.h"

namespace torchtidy {

struct NullUse {
  const clang::FieldDecl *Field = nullptr;
  const clang::Expr *Where = nullptr;
};

/// Dereferences in \p Class that a path reaches which starts at the end of one of \p Outcomes and
/// on which the member is null. What a constructor's path decided holds in the methods: members
/// made together are there together.
std::vector<NullUse> nullUses(const clang::CXXRecordDecl *Class, ModuleModel &Model,
                              llvm::ArrayRef<ConstructorOutcome> Outcomes);

/// \p Field is dereferenced on a path through the methods that starts where a constructor's path
/// ended in \p End: not where each use stands under what that path decided otherwise.
bool isUsedAfter(const clang::FieldDecl *Field, const clang::CXXRecordDecl *Class,
                 ControlFlowGraphs &Graphs, const PathState &End);

/// A constructor's path ends in \p End with \p Field null. A parameter that it does not test is its
/// callers' promise.
bool isNullAt(const clang::FieldDecl *Field, const PathState &End);

/// \p End is null only since no case of a chain over strings or enumerators was taken, or since a
/// container that the constructor was given lacks a name: that somebody comes that way needs a
/// witness.
bool isOpenEnd(const clang::FieldDecl *Field, const PathState &End, ModuleModel &Model);

} // namespace torchtidy

#endif
