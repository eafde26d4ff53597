#include "stats_batch.h"

#include "host_copy.h"

#include <c10/core/InferenceMode.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/WrapDimMinimal.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace torchtidy {
namespace detail {
namespace {

// A block is 8 MiB of float64. Tensors of more than a quarter of it are reduced where they are: their
// kernels take longer than their launches.
constexpr int64_t width = 1024;
constexpr int64_t block_lines = 1024;
constexpr int64_t small_size = width * block_lines / 4;
// A large tensor is cut into so many lines.
constexpr int64_t large_lines = 256;

enum Column { sum, sum_abs, sum_squares, smallest, largest, nans, infs, zeros, columns };

constexpr double infinity = std::numeric_limits<double>::infinity();

torch::ScalarType widest(const torch::Tensor& tensor) {
  return tensor.device().is_mps() ? torch::kFloat : torch::kDouble;
}

torch::Tensor count(const torch::Tensor& mask, torch::ScalarType dtype) {
  return at::sum(mask, {1}, false, dtype);
}

/// The rows of `x` with their largest value at 1, so that squares neither overflow nor vanish; `part_of`
/// undoes it. Rows that are zero, or have values that are not finite, stay.
torch::Tensor scaled(const torch::Tensor& x, const torch::Tensor& largest) {
  const torch::Tensor is_scale = largest.gt(0).logical_and_(largest.ne(infinity));
  return x.div(largest.masked_fill(is_scale.logical_not_(), 1).unsqueeze(1));
}

/// What a line of a table adds, `padding` of whose values are none.
Sums part_of(const double* line, int64_t padding) {
  const bool has_zeros = static_cast<int64_t>(line[zeros]) > padding;
  Sums part;
  part.scale = line[largest] == 0 || std::isfinite(line[largest]) ? line[largest] : 1;
  part.sum = line[sum];
  part.sum_abs = line[sum_abs];
  part.sum_squares = line[sum_squares];
  part.smallest = has_zeros ? 0 : line[smallest];
  part.largest = line[largest];
  part.nans = static_cast<int64_t>(line[nans]);
  part.infs = static_cast<int64_t>(line[infs]);
  return part;
}

/// Any order: no statistic depends on it.
torch::Tensor flat(const torch::Tensor& x) {
  return x.is_non_overlapping_and_dense() ? x.as_strided({x.numel()}, {1}) : x.reshape({-1});
}

} // namespace

StatsBatch& batch_for(StatsBatches& batches, const torch::Tensor& tensor) {
  const torch::Device device = tensor.device();
  std::optional<c10::Stream> stream;
  if (is_asynchronous(device)) {
    stream = c10::impl::VirtualGuardImpl(device.type()).getStream(device);
  }
  return batches.try_emplace({device.str(), stream ? static_cast<int64_t>(stream->id()) : 0}, stream)
      .first->second;
}

size_t StatsBatch::add(const torch::Tensor& tensor, int64_t unit_dim) {
  torch::NoGradGuard no_grad;
  const torch::Tensor x = tensor.detach();
  const size_t place = add_values(x);
  if (has_units(x, unit_dim)) {
    std::vector<int64_t> others;
    for (int64_t d = 0; d < x.dim(); ++d) {
      if (d != c10::maybe_wrap_dim(unit_dim, x.dim())) {
        others.push_back(d);
      }
    }
    const size_t units = add_values(x.ne(0).sum(others).eq(0));
    entries_[place].units = units;
  }
  return place;
}

size_t StatsBatch::add_values(const torch::Tensor& tensor) {
  const size_t entry = entries_.size();
  entries_.emplace_back();
  entries_[entry].size = tensor.numel();
  if (tensor.numel() > small_size) {
    add_large(entry, flat(tensor));
  } else if (tensor.numel() > 0) {
    add_small(entry, tensor);
  }
  return entry;
}

void StatsBatch::add_small(size_t entry, const torch::Tensor& tensor) {
  const int64_t size = tensor.numel();
  const size_t lines = (size + width - 1) / width;
  if (lines_.size() + lines > block_lines) {
    reduce_block();
  }
  if (!block_.defined()) {
    // Written on by steps in and out of inference mode.
    const c10::InferenceMode off(false);
    block_ = at::zeros({block_lines, width}, tensor.options().dtype(widest(tensor)));
  } else if (lines_.empty()) {
    block_.zero_();
  }
  const int64_t start = static_cast<int64_t>(lines_.size()) * width;
  block_.view({-1}).narrow(0, start, size).view(tensor.sizes()).copy_(tensor);
  lines_.insert(lines_.end(), lines, Line{entry, 0});
  lines_.back().padding = static_cast<int64_t>(lines) * width - size;
}

void StatsBatch::reduce_block() {
  if (lines_.empty()) {
    return;
  }
  const torch::Tensor x = block_.narrow(0, 0, static_cast<int64_t>(lines_.size()));
  const torch::Tensor magnitude = x.abs();
  // Padding is zero: it is left out of the smallest values, and the number of zeros tells whether there were
  // others.
  const torch::Tensor is_zero = magnitude.eq(0);
  std::vector<torch::Tensor> table(columns);
  table[smallest] = magnitude.masked_fill(is_zero, infinity).amin(1);
  table[largest] = magnitude.amax(1);
  const torch::Tensor relative = scaled(x, table[largest]);
  table[sum] = relative.sum(1);
  table[sum_abs] = relative.abs().sum(1);
  table[sum_squares] = relative.square().sum(1);
  table[nans] = count(x.isnan(), x.scalar_type());
  table[infs] = count(magnitude.eq(infinity), x.scalar_type());
  table[zeros] = count(is_zero, x.scalar_type());
  tables_.push_back({at::stack(table, 1), std::move(lines_)});
  lines_.clear();
}

void StatsBatch::add_large(size_t entry, const torch::Tensor& flat) {
  const int64_t length = flat.numel() / large_lines;
  torch::Tensor x = flat.narrow(0, 0, large_lines * length).view({large_lines, length});
  if (x.scalar_type() != torch::kFloat && x.scalar_type() != torch::kDouble) {
    x = x.to(torch::kFloat);
  }
  const auto wide = widest(x);
  const torch::Tensor magnitude = x.abs();
  const auto extremes = at::aminmax(magnitude, 1);
  const torch::Tensor relative = scaled(x, std::get<1>(extremes));
  // Not the sum and that of the squares: in float32 their difference would cancel.
  const auto var_mean = at::var_mean(relative, at::IntArrayRef{1}, /*unbiased=*/false);
  const torch::Tensor mean = std::get<1>(var_mean).to(wide);
  std::vector<torch::Tensor> table(columns);
  table[sum] = mean * length;
  table[sum_abs] = relative.abs().mean(1).to(wide) * length;
  table[sum_squares] = (std::get<0>(var_mean).to(wide) + mean.square()) * length;
  table[smallest] = std::get<0>(extremes).to(wide);
  table[largest] = std::get<1>(extremes).to(wide);
  table[nans] = count(x.isnan(), wide);
  table[infs] = count(magnitude.eq(infinity), wide);
  table[zeros] = at::zeros_like(mean); // no padding: nobody asks
  tables_.push_back({at::stack(table, 1), std::vector<Line>(large_lines, Line{entry, 0})});
  const int64_t rest = flat.numel() - large_lines * length;
  if (rest > 0) {
    add_small(entry, flat.narrow(0, large_lines * length, rest));
  }
}

std::vector<StatsRow> StatsBatch::rows() {
  torch::NoGradGuard no_grad;
  c10::OptionalStreamGuard on_its_stream;
  if (stream_) {
    on_its_stream.reset_stream(*stream_);
  }
  reduce_block();
  std::vector<torch::Tensor> tables;
  tables.reserve(tables_.size());
  for (const Table& table : tables_) {
    tables.push_back(table.columns);
  }
  if (!tables.empty()) {
    const torch::Tensor all = at::cat(tables);
    torch::Tensor host = torch::empty(all.sizes(), all.options().device(torch::kCPU));
    host.copy_(all);
    host = host.to(torch::kDouble);
    const double* values = host.data_ptr<double>();
    for (const Table& table : tables_) {
      for (const Line& line : table.lines) {
        detail::add(entries_[line.entry].sums, part_of(values, line.padding));
        values += columns;
      }
    }
  }
  std::vector<StatsRow> rows;
  rows.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    rows.push_back(row_of(entry.sums, entry.size));
    if (entry.units != npos) {
      const Entry& units = entries_[entry.units];
      rows.back()[dead_share] = row_of(units.sums, units.size)[mean_abs];
    }
  }
  return rows;
}

} // namespace detail
} // namespace torchtidy
