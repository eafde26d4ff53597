#pragma once

// The differences between the LibTorch releases that this library supports, in one place.

#include <torch/types.h>

#include <torch/version.h>

#if TORCH_VERSION_MAJOR >= 2
#include <optional>
#else
#include <c10/util/Optional.h>
#endif

/// 1.13.0 is 11300, 2.13.0 is 21300.
#define TORCHTIDY_TORCH_VERSION_NUMBER \
  (TORCH_VERSION_MAJOR * 10000 + TORCH_VERSION_MINOR * 100 + TORCH_VERSION_PATCH)

namespace torchtidy {

/// What LibTorch's own signatures spell: `c10::optional` before 2.0, `std::optional` since.
#if TORCH_VERSION_MAJOR >= 2
template <typename T>
using Optional = std::optional<T>;
#else
template <typename T>
using Optional = c10::optional<T>;
#endif

} // namespace torchtidy
