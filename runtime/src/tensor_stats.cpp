#include "tensor_stats.h"

#include <c10/core/WrapDimMinimal.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace torchtidy {
namespace detail {
namespace {

// Independent sums, so that the compiler may use vector registers without reordering one sum.
constexpr size_t lanes = 8;

/// Whether squares of values up to `largest` come out right in a double, as they do for all narrower types.
bool squares_fit(double largest) {
  return largest == 0 || (largest > 1e-140 && largest < 1e140);
}

template <bool scaled, typename T>
Sums sums_of(const T* data, int64_t size, double scale) {
  double sum[lanes] = {}, sum_abs[lanes] = {}, squares[lanes] = {}, largest[lanes] = {};
  double smallest[lanes];
  std::fill(smallest, smallest + lanes, std::numeric_limits<double>::infinity());
  int64_t finite[lanes] = {};
  const auto add = [&](size_t lane, double value) {
    const double magnitude = std::fabs(value);
    sum[lane] += value;
    sum_abs[lane] += magnitude;
    squares[lane] += value * value;
    smallest[lane] = magnitude < smallest[lane] ? magnitude : smallest[lane];
    largest[lane] = magnitude > largest[lane] ? magnitude : largest[lane];
    finite[lane] += magnitude <= std::numeric_limits<double>::max() ? 1 : 0;
  };
  int64_t i = 0;
  for (; i + static_cast<int64_t>(lanes) <= size; i += lanes) {
    for (size_t lane = 0; lane < lanes; ++lane) {
      const auto value = static_cast<double>(data[i + lane]);
      add(lane, scaled ? value / scale : value);
    }
  }
  for (; i < size; ++i) {
    const auto value = static_cast<double>(data[i]);
    add(0, scaled ? value / scale : value);
  }
  Sums result;
  result.scale = scale;
  int64_t finite_count = 0;
  for (size_t lane = 0; lane < lanes; ++lane) {
    result.sum += sum[lane];
    result.sum_abs += sum_abs[lane];
    result.sum_squares += squares[lane];
    result.smallest = std::min(result.smallest, smallest[lane]);
    result.largest = std::max(result.largest, largest[lane]);
    finite_count += finite[lane];
  }
  if (finite_count != size) {
    // Rare: a second pass tells NaN from Inf.
    for (int64_t j = 0; j < size; ++j) {
      result.nans += std::isnan(static_cast<double>(data[j])) ? 1 : 0;
    }
    result.infs = size - finite_count - result.nans;
  } else if (!scaled && !squares_fit(result.largest)) {
    // As rare: again, with the largest value at 1.
    const Sums plain = result;
    result = sums_of<true>(data, size, plain.largest);
    result.smallest = plain.smallest;
    result.largest = plain.largest;
  }
  return result;
}

template <typename T>
double dead_share_of(const T* data, int64_t outer, int64_t units, int64_t inner) {
  std::vector<char> alive(units, 0);
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t u = 0; u < units; ++u) {
      if (alive[u]) {
        continue;
      }
      const T* row = data + (o * units + u) * inner;
      alive[u] = std::any_of(row, row + inner, [](T value) { return static_cast<double>(value) != 0; });
    }
  }
  return static_cast<double>(std::count(alive.begin(), alive.end(), 0)) / static_cast<double>(units);
}

template <typename T>
StatsRow row_of_cpu(const torch::Tensor& tensor, int64_t unit_dim) {
  const int64_t size = tensor.numel();
  const T* data = tensor.data_ptr<T>();
  StatsRow row = row_of(sums_of<false>(data, size, 1), size);
  if (has_units(tensor, unit_dim)) {
    const int64_t dim = c10::maybe_wrap_dim(unit_dim, tensor.dim());
    int64_t outer = 1;
    int64_t inner = 1;
    for (int64_t d = 0; d < tensor.dim(); ++d) {
      (d < dim ? outer : inner) *= d == dim ? 1 : tensor.size(d);
    }
    row[dead_share] = dead_share_of(data, outer, tensor.size(dim), inner);
  }
  return row;
}

} // namespace

bool has_units(const torch::Tensor& tensor, int64_t unit_dim) {
  return unit_dim != no_units && tensor.dim() >= 2 && unit_dim >= -tensor.dim() && unit_dim < tensor.dim() &&
      tensor.numel() > 0;
}

void add(Sums& sums, const Sums& part) {
  if (const double scale = std::max(sums.scale, part.scale); scale > 0) {
    const double of_sums = sums.scale / scale;
    const double of_part = part.scale / scale;
    sums.scale = scale;
    sums.sum = sums.sum * of_sums + part.sum * of_part;
    sums.sum_abs = sums.sum_abs * of_sums + part.sum_abs * of_part;
    sums.sum_squares = sums.sum_squares * of_sums * of_sums + part.sum_squares * of_part * of_part;
  }
  sums.smallest = std::min(sums.smallest, part.smallest);
  sums.largest = std::max(sums.largest, part.largest);
  sums.nans += part.nans;
  sums.infs += part.infs;
}

StatsRow row_of(const Sums& sums, int64_t size) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double count = static_cast<double>(size);
  const bool finite = sums.nans + sums.infs == 0;
  StatsRow row;
  row[mean_abs] = size > 0 ? sums.scale * (sums.sum_abs / count) : nan;
  // Sums of squares may come out a hair below zero by rounding.
  row[std_dev] = size > 1 && finite
      ? sums.scale * std::sqrt(std::max(0.0, sums.sum_squares - sums.sum * sums.sum / count) / (count - 1))
      : nan;
  row[min_abs] = size == 0 || sums.nans > 0 ? nan : sums.smallest;
  row[max_abs] = size == 0 || sums.nans > 0 ? nan : sums.largest;
  row[norm] = finite  ? sums.scale * std::sqrt(sums.sum_squares)
      : sums.nans > 0 ? nan
                      : std::numeric_limits<double>::infinity();
  row[nan_count] = static_cast<double>(sums.nans);
  row[inf_count] = static_cast<double>(sums.infs);
  row[dead_share] = -1;
  return row;
}

StatsRow stats_on_cpu(const torch::Tensor& tensor, int64_t unit_dim) {
  torch::NoGradGuard no_grad;
  torch::Tensor dense = tensor.detach();
  // Without units the order of the elements does not matter.
  if (!(unit_dim == no_units && dense.is_non_overlapping_and_dense())) {
    dense = dense.contiguous();
  }
  switch (dense.scalar_type()) {
    case torch::kFloat:
      return row_of_cpu<float>(dense, unit_dim);
    case torch::kDouble:
      return row_of_cpu<double>(dense, unit_dim);
    case torch::kHalf:
      return row_of_cpu<at::Half>(dense, unit_dim);
    case torch::kBFloat16:
      return row_of_cpu<at::BFloat16>(dense, unit_dim);
    default:
      return row_of_cpu<double>(dense.to(torch::kDouble).contiguous(), unit_dim);
  }
}

} // namespace detail
} // namespace torchtidy
