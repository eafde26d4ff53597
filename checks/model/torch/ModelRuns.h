// What runs a model, and which models have parameters, so that their results carry a graph.
#ifndef TORCHTIDY_CHECKS_MODEL_TORCH_MODELRUNS_H
#define TORCHTIDY_CHECKS_MODEL_TORCH_MODELRUNS_H

#include "model/Clang.h"
#include <optional>

namespace torchtidy {

/// `net->forward(x)`, `net(x)`, `script.forward({x})`.
struct ModelRun {
  const clang::CallExpr *Call = nullptr;
  const clang::Expr *Model = nullptr;
  bool IsScript = false; // torch::jit::Module
};

/// Nothing for other calls, and for a module's call of its own forward.
std::optional<ModelRun> asModelRun(const clang::Stmt *S);

/// The run of a loss of LibTorch, `criterion(output, target)`: computed of its arguments alone.
bool isLossRun(const clang::Stmt *S);

/// torch::jit::Module, also behind a pointer.
bool isScriptModule(clang::QualType Type);

/// \p Module certainly has parameters of its own or of a child: a layer of LibTorch that has, a
/// class with such a member.
bool hasParameters(const clang::CXXRecordDecl *Module);

/// \p Module holds, at any depth in view, a layer that behaves otherwise in training: dropout,
/// batch statistics. Gives its name; empty for none.
llvm::StringRef modeDependentLayer(const clang::CXXRecordDecl *Module);

/// The same for a layer that writes statistics of each batch when it is run in training mode.
llvm::StringRef statisticsLayer(const clang::CXXRecordDecl *Module);

} // namespace torchtidy

#endif
