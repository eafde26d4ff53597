#pragma once

// Not installed: copies to host memory that do not stop the device. No CUDA headers: streams and events
// come through c10's device-independent guards.

#include <torch/types.h>

#include <map>
#include <utility>
#include <vector>

#include <c10/core/Stream.h>

namespace torchtidy {
namespace detail {

/// Whether tensors on `device` are computed asynchronously (so that a stream, an event, pinned memory exist).
bool is_asynchronous(const torch::Device& device);

class HostCopier {
 public:
  ~HostCopier();

  /// A host copy of `tensor` (no graph). Complete only after `wait()`, unless it is a CPU tensor.
  torch::Tensor start(const torch::Tensor& tensor);

  /// Waits for all copies that were started.
  void wait();

 private:
  std::map<std::pair<int, int>, c10::Stream> streams_;
  // The device copies that a stream may still be reading.
  std::vector<torch::Tensor> pending_;
};

} // namespace detail
} // namespace torchtidy
