// The dtype of a tensor at a place, where every value that it may have there is made in view by
// what gives a certain dtype.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_KNOWNDTYPES_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_KNOWNDTYPES_H

#include "model/facts/ProjectIndex.h"
#include "model/paths/FunctionPaths.h"
#include "model/torch/DTypes.h"

namespace torchtidy {

struct KnownDType {
  DType Is;
  /// What gives it: `topk(…)`, `x.to(torch::kInt)`, `torch::zeros({2})`.
  const clang::CallExpr *Maker = nullptr;
  /// A factory that is told no dtype.
  bool IsDefault = false;
};

class KnownDTypes {
public:
  KnownDTypes(ControlFlowGraphs &Graphs, const ProjectIndex &Index)
      : Graphs(Graphs), Context(Graphs.context()), Index(Index) {}

  /// Of the value of \p Tensor where \p At is evaluated; nothing where it is not certain, or the
  /// code asks for it itself.
  std::optional<KnownDType> of(const clang::Expr *Tensor, const clang::Stmt *At) {
    Steps = 0;
    return read(Tensor, At);
  }

  /// The same, with what a caller passes for a parameter that keeps it.
  std::optional<KnownDType> ofParameter(const clang::Expr *Tensor, const clang::Stmt *At,
                                        const clang::ParmVarDecl *Parameter,
                                        const KnownDType &Passed);

private:
  using Known = std::optional<KnownDType>;

  Known read(const clang::Expr *E, const clang::Stmt *At);
  Known ofCall(const clang::CallExpr *Call);
  Known ofOperator(const clang::CXXOperatorCallExpr *Operator);
  Known ofPart(const clang::Expr *Tuple, unsigned Part);
  Known ofFactory(const clang::CallExpr *Call, const Operation &Called, const clang::Expr *First);
  Known ofList(const clang::CallExpr *Call);
  Known converted(const clang::CallExpr *Call, const Operation &Called);
  Known ofName(const clang::ValueDecl *Name, const clang::Stmt *At);
  Known ofStores(const clang::ValueDecl *Name, const clang::Expr *Init,
                 const clang::FunctionDecl *Function, const clang::Stmt *At);

  ControlFlowGraphs &Graphs;
  clang::ASTContext &Context;
  const ProjectIndex &Index;
  bool isUncertain(const clang::FunctionDecl *Function, const clang::ValueDecl *Name);

  llvm::DenseMap<const clang::ValueDecl *, bool> Uncertain;
  static constexpr unsigned MaxSteps = 60;
  unsigned Steps = 0;
  llvm::SmallVector<const clang::Stmt *, 8> Open; // stores that are being read: loops
  const clang::ParmVarDecl *Given = nullptr;
  Known GivenDType;
};

/// The code of \p Function changes what \p Name stands for by other means than an assignment, or
/// asks for its dtype and may decide by it.
bool mayChangeOrAskDType(const clang::FunctionDecl *Function, const clang::ValueDecl *Name);

/// Some condition around \p S asks for a dtype.
bool dependsOnDType(const clang::Stmt *S, clang::ASTContext &Context);

} // namespace torchtidy

#endif
