#pragma once

// Not installed: the statistics of one tensor, as a row that can stay on the tensor's device.

#include <torch/types.h>

#include <array>
#include <limits>

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

/// What a part of a tensor adds to its statistics. Sums are of x / scale, so that squares neither overflow
/// nor vanish.
struct Sums {
  /// 0 where nothing was added, or zeros only.
  double scale = 0;
  double sum = 0;
  double sum_abs = 0;
  double sum_squares = 0;
  /// Of |x|.
  double smallest = std::numeric_limits<double>::infinity();
  double largest = 0;
  int64_t nans = 0;
  int64_t infs = 0;
};

/// Adds another part to `sums`.
void add(Sums& sums, const Sums& part);

/// The row of a tensor of `size` elements.
StatsRow row_of(const Sums& sums, int64_t size);

/// Whether `unit_dim` counts units in `tensor`.
bool has_units(const torch::Tensor& tensor, int64_t unit_dim);

/// Statistics of a CPU tensor, in one pass over its memory.
/// `unit_dim`: the dimension of the units whose dead share is wanted, or `no_units`.
StatsRow stats_on_cpu(const torch::Tensor& tensor, int64_t unit_dim);

constexpr int64_t no_units = INT64_MIN;

} // namespace detail
} // namespace torchtidy
