// What code asks of a tensor before it takes its memory: where it lies, and how. What was asked for
// may be decided by in ways that are not followed.
#ifndef TORCHTIDY_CHECKS_MODEL_MEMORY_LAYOUTQUESTIONS_H
#define TORCHTIDY_CHECKS_MODEL_MEMORY_LAYOUTQUESTIONS_H

#include "model/Clang.h"

namespace torchtidy {

/// \p Function asks whether \p Tensor is contiguous or for its strides, itself or in a function of
/// the project that it hands it to.
bool asksStrides(const clang::FunctionDecl *Function, const clang::VarDecl *Tensor);

/// The same for the device: `t.is_cuda()`, `t.device() != torch::kCPU`, `t.device().is_cpu()`. Not
/// `t.device()` alone, which says where another tensor is to lie.
bool asksDevice(const clang::FunctionDecl *Function, const clang::VarDecl *Tensor);

} // namespace torchtidy

#endif
