#pragma once

/// \file
/// Hooks on the children of models that were written without hooks in mind: what `torch::nn::Sequential`,
/// and any `torch::nn::AnyModule`, holds.
///
/// `AnyModule` calls the module that it holds through a virtual function; making it hookable swaps the
/// object behind that call. The model, its modules, names and parameters stay the same objects.
/// \code
/// torch::nn::Sequential net(torch::nn::Linear(4, 8), torch::nn::ReLU(), Block(8));
/// torchtidy::enable_any_hooks<BlockImpl>();                       // once, for each own class
/// auto handle = torchtidy::register_forward_hook(net, "1", hook); // by name: swapped on the way
/// \endcode
///
/// Limits: only calls through the `AnyModule` are seen (`net->forward(x)`, `any.forward(x)`), not
/// `net->at<LinearImpl>(0).forward(x)` or a typed holder of the same module; a `ModuleList` calls nothing
/// itself, so its plain elements cannot be hooked (its Sequentials' children and hookable elements can).
/// Do not make a container hookable while another thread runs it.

#include <torchtidy/hooks.h>

#include <torch/nn/modules/container/any.h>
#include <torch/nn/modules/container/sequential.h>

#include <string>
#include <vector>

namespace torchtidy {

/// Tells the library how to make an `AnyModule` that holds an `Impl` hookable. The built-in modules are
/// known; call this once for each own class that sits in a `Sequential`. Thread-safe.
template <typename Impl>
void enable_any_hooks() {
  detail::SwapFor<Impl>::enable(&Impl::forward);
}

/// Makes every child of every `Sequential` in the tree hookable, and every `Sequential` itself.
/// \returns the dotted names of the children that cannot be: their class is not known
/// (`enable_any_hooks`), nor hookable by itself. Calling it again is harmless.
std::vector<std::string> make_hookable(ModuleRef root);

/// The same for one `AnyModule`. \returns whether it is hookable now.
bool make_hookable(torch::nn::AnyModule& module);

} // namespace torchtidy
