#pragma once

/// \file
/// Buffers that belong to a module but not to its checkpoints: masks, position tables, caches.
///
/// \code
/// mask = torchtidy::register_buffer(*this, "mask", torch::ones({n, n}).tril(), /*persistent=*/false);
/// \endcode

#include <torchtidy/module_ref.h>

#include <torch/types.h>

#include <string>

namespace torchtidy {

/// Registers a buffer. One that is not `persistent` is moved and converted with the module, but `state_dict`
/// leaves it out and `load_state_dict` does not ask for it. Call it where `reset()` registers, so that clones
/// have the same. Mirrors `Module.register_buffer`.
///
/// What is not persistent is the tensor, which `to()` and loading keep; a tensor that is registered in its
/// place later is persistent. LibTorch's own `torch::save` writes all buffers: write `state_dict(model)` with
/// the functions of state_files.h.
/// \returns the registered tensor. \throws c10::Error as `Module::register_buffer`.
torch::Tensor register_buffer(
    ModuleRef module, const std::string& name, torch::Tensor tensor, bool persistent = true);

/// Whether state dicts have this buffer.
bool is_persistent(const torch::Tensor& buffer);

} // namespace torchtidy
