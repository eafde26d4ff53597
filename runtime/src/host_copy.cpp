#include "host_copy.h"

#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/utils.h>

namespace torchtidy {
namespace detail {

bool is_asynchronous(const torch::Device& device) {
  return device.type() != torch::kCPU && device.type() != torch::kMeta &&
      c10::impl::hasDeviceGuardImpl(device.type());
}

HostCopier::~HostCopier() {
  try {
    wait();
  } catch (...) {
    // The device is in error; whoever uses it next is told.
  }
}

torch::Tensor HostCopier::start(const torch::Tensor& tensor) {
  torch::NoGradGuard no_grad;
  if (!is_asynchronous(tensor.device())) {
    return tensor.detach().to(torch::kCPU, tensor.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
  }
  const torch::Device device = tensor.device();
  const c10::impl::VirtualGuardImpl guard(device.type());
  const c10::Stream current = guard.getStream(device);
  auto found = streams_.find({static_cast<int>(device.type()), device.index()});
  if (found == streams_.end()) {
    found = streams_
                .emplace(
                    std::make_pair(static_cast<int>(device.type()), static_cast<int>(device.index())),
                    guard.getStreamFromGlobalPool(device))
                .first;
  }
  const c10::Stream copying = found->second;

  // The copy is taken on the model's own stream first: it may change the original in place right after.
  torch::Tensor source = tensor.detach().clone(at::MemoryFormat::Contiguous);
  c10::Event ready(device.type());
  ready.record(current);
  ready.block(copying);
  torch::Tensor host = torch::empty(source.sizes(), source.options().device(torch::kCPU).pinned_memory(true));
  {
    const c10::StreamGuard on_copy_stream(copying);
    host.copy_(source, /*non_blocking=*/true);
  }
  pending_.push_back(std::move(source));
  return host;
}

void HostCopier::wait() {
  if (pending_.empty()) {
    return;
  }
  for (auto& stream : streams_) {
    stream.second.synchronize();
  }
  pending_.clear();
}

} // namespace detail
} // namespace torchtidy
