// Models that are loaded to be run, and the state in which they run.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_LOADEDMODELS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_LOADEDMODELS_H

#include "model/training/GraphSources.h"
#include "model/training/TrainingCalls.h"

namespace torchtidy {

struct InferenceRun {
  ModelRun Run;
  const clang::CallExpr *Prepared = nullptr; // the load, or the call of eval()
  bool IsLoad = false;
  llvm::StringRef Layer; // modeDependentLayer(), where that was asked for
};

/// Answers for one translation unit. In one that trains (runs backward, makes an optimizer)
/// nothing is said.
class LoadedModels {
public:
  LoadedModels(const ProjectIndex &Index, clang::ASTContext &Context);

  /// The first run in \p Function of each model that is loaded in view, has dropout or batch
  /// statistics, and is put into no mode in view.
  void forEachWithoutEval(const clang::FunctionDecl *Function,
                          llvm::function_ref<void(const InferenceRun &)> Visit);
  /// The first run in \p Function of a model that is loaded or put into eval(), gradients being
  /// recorded.
  void forEachWithGraph(const clang::FunctionDecl *Function,
                        llvm::function_ref<void(const InferenceRun &)> Visit);

private:
  using Names = llvm::SmallPtrSet<const clang::ValueDecl *, 8>;
  struct Origin {
    Names Known;                                 // all that may stand for the model
    const clang::CallExpr *ScriptLoad = nullptr; // torch::jit::load among its values
    llvm::StringRef Layer;                       // one that depends on the mode
  };
  Origin originOf(const clang::Expr *Model);
  void addValues(const clang::ValueDecl *D, Origin &Into,
                 llvm::SmallVectorImpl<const clang::ValueDecl *> &Work);
  bool isSame(const Origin &A, const clang::Expr *Model);
  bool isInferenceOnly(const clang::FunctionDecl *Function);
  bool isHandedOut(const Origin &Model);
  bool setsModeOf(const Origin &Model, const clang::CXXRecordDecl *Class);
  bool isCopiedThrough(const clang::CallExpr *Load);
  void prepare(InferenceRun &Run, const Origin &Model, const TrainingCalls::Site &Site);
  bool recordsGradients(const clang::FunctionDecl *Function, bool IsPreparedHere);

  const ProjectIndex &Index;
  clang::ASTContext &Context;
  TrainingCalls Calls;
  GraphSources Sources;
  bool Trains = false;
};

} // namespace torchtidy

#endif
