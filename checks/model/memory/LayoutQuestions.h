// What code asks of a tensor before it takes its memory: where it lies, and how. What was asked for
// may be decided by in ways that are not followed; and neither are changes behind the name.
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

/// \p Function asks what kind of device \p Device, a c10::Device, is: `device.is_cpu()`,
/// `device == torch::kCUDA`.
bool asksDeviceKind(const clang::FunctionDecl *Function, const clang::ValueDecl *Device);

/// \p Function gives the local \p Tensor another tensor or other strides by other means than an
/// assignment of its own: `ensure(t)` by reference, a lambda, `std::swap(t, u)`, `t.t_()`.
bool mayBeReplaced(const clang::FunctionDecl *Function, const clang::VarDecl *Tensor);

} // namespace torchtidy

#endif
