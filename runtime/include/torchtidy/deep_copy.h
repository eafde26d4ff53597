#pragma once

/// \file
/// Copies of models whose class has no `clone()`.
///
/// \code
/// auto workers = torchtidy::copies(model, 4, [&] { return Net(options); });
/// \endcode

#include <torchtidy/module_ref.h>

#include <cstddef>
#include <vector>

namespace torchtidy {
namespace detail {
/// Tensors, modes and `requires_grad` of `source` for `copy`, which has the same names.
void become_copy(ModuleRef copy, ConstModuleRef source);
} // namespace detail

/// A model of its own for one whose class has no `clone()`: `factory` makes it, and it gets copies of the
/// tensors of `model` (on their devices, of their dtypes), the mode of each module in it and the
/// `requires_grad` of each parameter. Gradients and hooks are not copied.
/// \param model a module, holder or `shared_ptr`.
/// \param factory called without arguments; gives a holder of, or a pointer to, a model of the same
/// architecture, as `[&] { return Net(options); }`.
/// \throws c10::Error as `copy_weights` does.
template <typename Factory>
[[nodiscard]] auto deep_copy(ConstModuleRef model, Factory&& factory) {
  auto copy = factory();
  detail::become_copy(copy, model);
  return copy;
}

/// `count` deep copies, one a thread: modules share nothing.
template <typename Factory>
[[nodiscard]] auto copies(ConstModuleRef model, size_t count, Factory&& factory) {
  std::vector<decltype(factory())> made;
  made.reserve(count);
  for (size_t index = 0; index < count; ++index) {
    made.push_back(deep_copy(model, factory));
  }
  return made;
}

} // namespace torchtidy
