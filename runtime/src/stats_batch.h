#pragma once

// Not installed: the statistics of many tensors on a device at once.

#include "tensor_stats.h"

#include <c10/core/Stream.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace torchtidy {
namespace detail {

/// Queues tensors and computes their statistics together. A step of a model has many small tensors, and on a
/// device each operator costs about the same however small its tensor: a small tensor is copied into a common
/// block when it is added, which is one operator, and the dozen reductions run once over the block.
///
/// Nothing waits for the device before `rows()`. Not thread-safe. A batch on a device belongs to one stream:
/// the block is written again in the order in which that runs.
class StatsBatch {
 public:
  explicit StatsBatch(std::optional<c10::Stream> stream) : stream_(stream) {}

  /// Queues `tensor` (strided, of any floating-point type). Returns its place in `rows()`.
  /// `unit_dim`: the dimension of the units whose dead share is wanted, or `no_units`.
  size_t add(const torch::Tensor& tensor, int64_t unit_dim);

  /// A row for each tensor, in one copy to the host. The batch must not be used afterwards.
  std::vector<StatsRow> rows();

 private:
  struct Entry {
    int64_t size = 0;
    // The entry with a one for each dead unit and a zero for each other, or none.
    size_t units = npos;
    Sums sums;
  };
  static constexpr size_t npos = static_cast<size_t>(-1);

  /// What a line of a table belongs to, and how many of its values are none.
  struct Line {
    size_t entry;
    int64_t padding;
  };
  struct Table {
    torch::Tensor columns;
    std::vector<Line> lines;
  };

  size_t add_values(const torch::Tensor& tensor);
  void add_small(size_t entry, const torch::Tensor& tensor);
  void add_large(size_t entry, const torch::Tensor& flat);
  void reduce_block();

  std::optional<c10::Stream> stream_;
  std::vector<Entry> entries_;
  /// [lines, width], zero where no value is; `lines_` are in use.
  torch::Tensor block_;
  std::vector<Line> lines_;
  std::vector<Table> tables_;
};

/// By device and stream.
using StatsBatches = std::map<std::pair<std::string, int64_t>, StatsBatch>;

/// The batch of the tensor's device and of the stream that is current there.
StatsBatch& batch_for(StatsBatches& batches, const torch::Tensor& tensor);

} // namespace detail
} // namespace torchtidy
