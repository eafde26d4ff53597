// RUN: %check torch-strided-memory %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

using torch::Tensor;

void kernel(const float *, int64_t);

// Only sizes are asked of the copy, or nothing at all.
void sizes(const Tensor &x) {
  Tensor c = x.contiguous();
  auto *p = x.data_ptr<float>();
  // CHECK: :[[@LINE-1]]:15: warning: the memory of 'x' is taken, whatever the order in which its elements lie; its contiguous copy 'c' is made and not used [torch-strided-memory]
  // CHECK: :[[@LINE-3]]:14: note: the copy is made here
  kernel(p, c.numel());
}
void nothing(Tensor x) {
  const auto c = x.contiguous();
  kernel((const float *)x.data_ptr(), x.numel());
  // CHECK: :[[@LINE-1]]:27: warning: the memory of 'x' is taken
}
void twice(const Tensor &x, const Tensor &y) {
  auto a = x.contiguous(), b = y.contiguous();
  kernel(a.data_ptr<float>(), a.numel());
  kernel(x.data_ptr<float>(), b.size(0)); // the copy of x is used
  kernel(y.data_ptr<float>(), b.size(0));
  // CHECK: :[[@LINE-1]]:12: warning: the memory of 'y' is taken, whatever the order in which its elements lie; its contiguous copy 'b'
  kernel(y.data_ptr<float>(), b.size(1));
}
void oldName(Tensor x) {
  const Tensor &c = x.contiguous();
  TORCH_CHECK(c.dim() == 2 && c.is_contiguous());
  kernel(x.data<float>(), c.size(0));
  // CHECK: :[[@LINE-1]]:12: warning: the memory of 'x' is taken
}
// Given later, under a condition, in a lambda that is run for each dtype.
void assigned(Tensor x, bool dense) {
  Tensor c;
  if (dense)
    c = x.contiguous();
  kernel(x.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:12: warning: the memory of 'x' is taken
}
void assignedHere(Tensor x) {
  Tensor c;
  c = x.contiguous();
  kernel(x.data_ptr<float>(), 4);
  // CHECK: :[[@LINE-1]]:12: warning: the memory of 'x' is taken
}
void dispatched(const Tensor &x) {
  auto c = x.contiguous();
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "dispatched", [&] {
    auto *p = x.data_ptr<scalar_t>();
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: the memory of 'x' is taken
    kernel(reinterpret_cast<const float *>(p), c.numel());
  });
}
template <typename T> void templated(const Tensor &x) {
  Tensor c = x.contiguous();
  kernel(reinterpret_cast<const float *>(x.data_ptr<T>()), c.numel());
  // CHECK: :[[@LINE-1]]:44: warning: the memory of 'x' is taken
}
void instantiates(const Tensor &x) {
  templated<float>(x);
  templated<double>(x);
}

// A member of which nothing says how it lies; a view of what somebody gives.
struct Keeper {
  Tensor kept;
  void run() {
    auto c = kept.contiguous();
    kernel(kept.data_ptr<float>(), c.numel());
    // CHECK: :[[@LINE-1]]:17: warning: the memory of 'kept' is taken
  }
};
void viewed(const Tensor &given) {
  Tensor x = given.view({2, -1}), y = torch::rand({2, 3}).t();
  auto c = x.contiguous(), d = y.contiguous();
  kernel(x.data_ptr<float>(), c.numel());
  // CHECK: :[[@LINE-1]]:12: warning: the memory of 'x' is taken
  kernel(y.data_ptr<float>(), d.numel());
  // CHECK: :[[@LINE-1]]:12: warning: the memory of 'y' is taken
}
