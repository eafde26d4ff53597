// Assignments to a name that stands for a tensor kept elsewhere: `g = torch::zeros_like(g);` gives
// the name another tensor, and the one that it stood for stays as it is.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_REBOUNDNAMES_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_REBOUNDNAMES_H

#include "model/paths/FunctionPaths.h"

namespace torchtidy {

struct ReboundName {
  enum KindType {
    Local,     // auto g = w.grad();
    Parameter, // void scale(torch::Tensor t)
    Element    // for (auto w : net->parameters())
  } Kind = Local;
  const clang::Expr *Assignment = nullptr;
  const clang::VarDecl *Name = nullptr;
  /// What the name stands for: the initialiser, the range; null for a parameter.
  const clang::Expr *StandsFor = nullptr;
};

/// Calls \p Visit for each tensor operation in \p Function and its lambdas that is assigned to such
/// a name and read by nothing after. A name that is given a value which no operation makes
/// (`t = {}`, `t = torch::Tensor()`, what a call of the project returns) is silent, and so is one
/// whose address goes elsewhere.
void forEachReboundName(const clang::FunctionDecl *Function, ControlFlowGraphs &Graphs,
                        llvm::function_ref<void(const ReboundName &)> Visit);

} // namespace torchtidy

#endif
