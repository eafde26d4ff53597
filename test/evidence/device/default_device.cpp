// Linked into a program of rules/, makes its tensors on the device that TORCHTIDY_DEVICE names, as
// Python's torch.set_default_device does: every factory function that is given no device ends in
// one of two operators.
#include <torch/library.h>
#include <torch/torch.h>

#include <atomic>
#include <cstdlib>
#include <iostream>

namespace {

constexpr int NoDevice = 77;
std::atomic<size_t> calls{0};

c10::Device default_device() {
  static const c10::Device device(std::getenv("TORCHTIDY_DEVICE"));
  return device;
}

/// The stack holds the arguments: sizes, perhaps strides, then at `Dtype` dtype, layout, device and
/// more.
template <size_t Dtype> void create(const c10::OperatorHandle &op, torch::jit::Stack *stack) {
  c10::IValue *arguments = stack->data() + stack->size() - op.schema().arguments().size();
  c10::IValue &device = arguments[Dtype + 2];
  if (device.isNone()) {
    device = default_device();
    ++calls;
  }
  const auto key =
      c10::computeDispatchKey(arguments[Dtype].toOptional<at::ScalarType>(),
                              arguments[Dtype + 1].toOptional<at::Layout>(), device.toDevice());
  op.redispatchBoxed(c10::DispatchKeySet(key), stack);
}

struct Guard {
  Guard() {
    if (default_device().is_cuda() && !torch::cuda::is_available()) {
      std::cerr << "skipped: no CUDA device, or a LibTorch without CUDA\n";
      std::exit(NoDevice);
    }
  }
  /// A program that made no tensor there shows nothing about the device.
  ~Guard() {
    if (calls == 0) {
      std::cerr << "no tensor was made on " << default_device() << '\n';
      std::_Exit(1);
    }
  }
} guard;

} // namespace

TORCH_LIBRARY_IMPL(aten, BackendSelect, library) {
  library.impl("empty.memory_format", torch::CppFunction::makeFromBoxedFunction<&create<1>>());
  library.impl("empty_strided", torch::CppFunction::makeFromBoxedFunction<&create<2>>());
}
