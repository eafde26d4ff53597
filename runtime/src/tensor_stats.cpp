#include "tensor_stats.h"

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

struct Sums {
  double sum = 0;
  double sum_abs = 0;
  double sum_squares = 0;
  double smallest = std::numeric_limits<double>::infinity();
  double largest = 0;
  int64_t nans = 0;
  int64_t infs = 0;
};

template <typename T>
Sums sums_of(const T* data, int64_t size) {
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
      add(lane, static_cast<double>(data[i + lane]));
    }
  }
  for (; i < size; ++i) {
    add(0, static_cast<double>(data[i]));
  }
  Sums result;
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

bool has_units(const torch::Tensor& tensor, int64_t unit_dim) {
  return unit_dim != no_units && tensor.dim() >= 2 && unit_dim >= -tensor.dim() && unit_dim < tensor.dim() &&
      tensor.numel() > 0;
}

template <typename T>
StatsRow row_of(const torch::Tensor& tensor, int64_t unit_dim) {
  const int64_t size = tensor.numel();
  const T* data = tensor.data_ptr<T>();
  const Sums sums = sums_of(data, size);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double count = static_cast<double>(size);
  StatsRow row;
  row[mean_abs] = size > 0 ? sums.sum_abs / count : nan;
  // Sums of squares may come out a hair below zero by rounding.
  row[std_dev] = size > 1
      ? std::sqrt(std::max(0.0, (sums.sum_squares - sums.sum * sums.sum / count)) / (count - 1))
      : nan;
  if (sums.nans + sums.infs > 0) {
    row[std_dev] = nan;
  }
  row[min_abs] = size == 0 || sums.nans > 0 ? nan : sums.smallest;
  row[max_abs] = size == 0 || sums.nans > 0 ? nan : sums.largest;
  row[norm] = std::sqrt(sums.sum_squares);
  row[nan_count] = static_cast<double>(sums.nans);
  row[inf_count] = static_cast<double>(sums.infs);
  row[dead_share] = -1;
  if (has_units(tensor, unit_dim)) {
    const int64_t dim = unit_dim < 0 ? unit_dim + tensor.dim() : unit_dim;
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

StatsRow stats_on_cpu(const torch::Tensor& tensor, int64_t unit_dim) {
  torch::NoGradGuard no_grad;
  torch::Tensor dense = tensor.detach();
  // Without units the order of the elements does not matter.
  if (!(unit_dim == no_units && dense.is_non_overlapping_and_dense())) {
    dense = dense.contiguous();
  }
  switch (dense.scalar_type()) {
    case torch::kFloat:
      return row_of<float>(dense, unit_dim);
    case torch::kDouble:
      return row_of<double>(dense, unit_dim);
    case torch::kHalf:
      return row_of<at::Half>(dense, unit_dim);
    case torch::kBFloat16:
      return row_of<at::BFloat16>(dense, unit_dim);
    default:
      return row_of<double>(dense.to(torch::kDouble).contiguous(), unit_dim);
  }
}

torch::Tensor stats_on_device(const torch::Tensor& tensor, int64_t unit_dim) {
  torch::NoGradGuard no_grad;
  torch::Tensor x = tensor.detach();
  if (x.scalar_type() != torch::kFloat && x.scalar_type() != torch::kDouble) {
    x = x.to(torch::kFloat);
  }
  const auto result = x.device().is_mps() ? torch::kFloat : torch::kDouble;
  if (x.numel() == 0) {
    auto row =
        torch::full({stats_columns}, std::numeric_limits<double>::quiet_NaN(), x.options().dtype(result));
    row.narrow(0, norm, 3).fill_(0);
    row.narrow(0, dead_share, 1).fill_(-1);
    return row;
  }
  const torch::Tensor magnitude = x.abs();
  const auto extremes = at::aminmax(magnitude);
  torch::Tensor dead;
  if (has_units(x, unit_dim)) {
    const int64_t dim = unit_dim < 0 ? unit_dim + x.dim() : unit_dim;
    std::vector<int64_t> others;
    for (int64_t d = 0; d < x.dim(); ++d) {
      if (d != dim) {
        others.push_back(d);
      }
    }
    dead = x.ne(0).sum(others).eq(0).to(result).mean();
  } else {
    dead = torch::full({}, -1, x.options().dtype(result));
  }
  const std::vector<torch::Tensor> columns = {
      magnitude.mean(),
      // Not x.std(): on the CPU that operator reads its mean back with .item().
      (x - x.mean()).norm() / std::sqrt(static_cast<double>(x.numel() - 1)),
      std::get<0>(extremes),
      std::get<1>(extremes),
      x.norm(),
      x.isnan().sum(),
      x.isinf().sum(),
      dead};
  std::vector<torch::Tensor> cells;
  cells.reserve(columns.size());
  for (const auto& column : columns) {
    cells.push_back(column.to(result));
  }
  return at::stack(cells);
}

} // namespace detail
} // namespace torchtidy
