// Tensors over memory that they do not own: calls of from_blob without a deleter, and of functions
// in view that return such a tensor over what their parameter leads to, or a member keeps.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_BLOBS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_BLOBS_H

#include "model/memory/BorrowPaths.h"
#include <map>

namespace torchtidy {

/// from_blob without a deleter that does something.
bool isPlainBlob(const clang::CallExpr *Call);

/// \p Function or a lambda in it calls from_blob, or a function of the project that returns a
/// tensor: a quick look.
bool makesBlobs(const clang::FunctionDecl *Function);
/// The same for an expression.
bool makesBlobs(const clang::Stmt *Code);

class Blobs {
public:
  Blobs(ControlFlowGraphs &Graphs, const ProjectIndex &Index)
      : Graphs(Graphs), Owners(Index, &Graphs), Paths(Graphs) {}

  /// Calls \p Visit for each such tensor made in \p Function and its lambdas whose owner is known,
  /// with the body that makes it.
  void forEach(const clang::FunctionDecl *Function,
               llvm::function_ref<void(const Borrow &, const clang::FunctionDecl *)> Visit);

  /// The same for \p Init, which stands in no function.
  void forEachIn(const clang::Expr *Init, llvm::function_ref<void(const Borrow &)> Visit);

private:
  std::optional<Borrow> blobOf(const clang::CallExpr *Call);
  /// The parameter, or the member of the function's object, over whose memory \p Function returns
  /// a tensor.
  const clang::ValueDecl *wrappedBy(const clang::FunctionDecl *Function);

  ControlFlowGraphs &Graphs;
  MemoryOwners Owners;
  BorrowPaths Paths;
  std::map<const clang::FunctionDecl *, const clang::ValueDecl *> Wrapped;
};

} // namespace torchtidy

#endif
