#pragma once

// Not installed: the statistics of one tensor, as a row that can stay on the tensor's device.

#include <torch/types.h>

#include <array>

namespace torchtidy {
namespace detail {

/// Columns of a row of statistics.
enum StatsColumn {
  mean_abs,
  std_dev,
  min_abs,
  max_abs,
  norm,
  nan_count,
  inf_count,
  dead_share,
  stats_columns
};

using StatsRow = std::array<double, stats_columns>;

/// Statistics of a CPU tensor, in one pass over its memory.
/// `unit_dim`: the dimension of the units whose dead share is wanted, or `no_units`.
StatsRow stats_on_cpu(const torch::Tensor& tensor, int64_t unit_dim);

/// The same by operators, on the tensor's device and without waiting for it: [stats_columns], float64 where
/// the device has it.
torch::Tensor stats_on_device(const torch::Tensor& tensor, int64_t unit_dim);

constexpr int64_t no_units = INT64_MIN;

} // namespace detail
} // namespace torchtidy
