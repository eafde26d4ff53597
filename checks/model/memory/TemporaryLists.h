// Names that lead into a list which ends with their own statement:
// `auto &w = net->named_parameters()["weight"];`.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_TEMPORARYLISTS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_TEMPORARYLISTS_H

#include "model/Clang.h"

namespace torchtidy {

struct TemporaryElement {
  /// The name that is used later: of a reference, a pointer or an iterator; of a loop over what the
  /// temporary holds the loop's variable.
  const clang::VarDecl *Name = nullptr;
  /// What made the list: a call that returns a container or an IValue.
  const clang::CallExpr *List = nullptr;
  /// The first use; the loop itself where it walks the list.
  const clang::Stmt *Use = nullptr;
};

/// Calls \p Visit for each of them in \p Function and its lambdas. A list that a name keeps, also a
/// reference to the list itself, is none, nor is a pointer that is only compared.
void forEachTemporaryElement(const clang::FunctionDecl *Function, clang::ASTContext &Context,
                             llvm::function_ref<void(const TemporaryElement &)> Visit);

} // namespace torchtidy

#endif
