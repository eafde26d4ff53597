// What the code of a translation unit does to train and to run models: one list, made when a rule
// has a candidate.
#ifndef TORCHTIDY_CHECKS_MODEL_TRAINING_TRAININGCALLS_H
#define TORCHTIDY_CHECKS_MODEL_TRAINING_TRAININGCALLS_H

#include "model/facts/ProjectIndex.h"
#include "model/torch/ModelRuns.h"

namespace torchtidy {

struct TrainingCalls {
  struct Site {
    const clang::CallExpr *Call = nullptr;   // null for a construction
    const clang::FunctionDecl *In = nullptr; // the function that spells it, out of lambdas
    const clang::Expr *Model = nullptr;      // what is loaded, run or switched; as it is written
  };
  explicit TrainingCalls(const ProjectIndex &Index);

  llvm::SmallVector<Site, 4> Backward; // backward(), autograd::grad(), optimizer.step()
  llvm::SmallVector<Site, 4> Modes;    // eval(), train(…)
  /// Models given to code out of view, or to a torchtidy::InferenceScope, that may switch them.
  llvm::SmallVector<Site, 4> Handed;
  llvm::SmallVector<Site, 4> Loads; // torch::load(net, …), net->load(archive), torch::jit::load
  llvm::SmallVector<Site, 8> Runs;
  /// torch::jit::freeze, optimize_for_inference: parameters become constants.
  bool FreezesScripts = false;
};

/// `x.backward()`, `torch::autograd::backward`, `torch::autograd::grad`
bool runsBackward(const clang::Stmt *S);

/// `x.grad()`, `x.mutable_grad()`. Whoever has a gradient by its name may write it.
bool namesGradient(const clang::CallExpr *Call);

/// \p S when it is `loss.backward()` of a tensor, else null. One in a macro may be expected to
/// throw: EXPECT_THROW(…).
const clang::CXXMemberCallExpr *asBackwardOfTensor(const clang::Stmt *S);

/// The name of the optimizer that \p S lets step, `optimizer` of `optimizer->step()`; null for
/// other statements, and where it has none.
const clang::ValueDecl *optimizerStepped(const clang::Stmt *S);

} // namespace torchtidy

#endif
