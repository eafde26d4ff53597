// RUN: %check torch-strided-memory %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <cstdint>
#include <iostream>
#include <vector>

using torch::Tensor;

void kernel(const float *, int64_t);
void take(const Tensor &);
void check_contiguous(const Tensor &, const char *);

// The copy is used: its memory, in another name, handed on, returned, captured, as another tensor's pattern.
Tensor used(const Tensor &x, std::vector<Tensor> &all) {
  auto a = x.contiguous(), b = x.contiguous(), c = x.contiguous(), d = x.contiguous(), e = x.contiguous();
  kernel(a.data_ptr<float>(), a.numel());
  take(b);
  all.push_back(c);
  auto same = d;
  auto g = x.contiguous(), h = x.contiguous(), i = x.contiguous();
  auto run = [&g] { kernel(g.data_ptr<float>(), g.numel()); };
  run();
  auto out = torch::zeros_like(h);
  auto accessor = i.accessor<float, 2>();
  kernel(x.data_ptr<float>() + (accessor[0][0] > 0), x.numel());
  return e;
}
// In code that is left out here.
void leftOut(const Tensor &x) {
  auto c = x.contiguous();
#ifdef WITH_A_LIBRARY_THAT_NOBODY_HAS
  kernel(c.data_ptr<float>(), c.numel());
#else
  kernel(x.data_ptr<float>(), c.numel());
#endif
}
template <bool IsDense> void discarded(const Tensor &x) {
  auto c = x.contiguous();
  if constexpr (IsDense)
    kernel(c.data_ptr<float>(), 4);
  else
    kernel(x.data_ptr<float>(), 4);
}
void instantiates(const Tensor &x) { discarded<false>(x); }
void unused(const Tensor &x) {
  [[maybe_unused]] auto c = x.contiguous();
  kernel(x.data_ptr<float>(), 4);
  auto d = x.contiguous();
  (void)d;
}

// The tensor lies in order: asked, checked, made so, just made.
void asked(const Tensor &x, const Tensor &y, const Tensor &z) {
  TORCH_CHECK(x.is_contiguous(), "x must be contiguous");
  auto c = x.contiguous(), d = y.contiguous();
  kernel(x.data_ptr<float>(), c.numel());
  kernel(y.data_ptr<float>() + y.stride(0), d.numel());
}
void checked(const Tensor &z) {
  check_contiguous(z, "z");
  auto e = z.contiguous();
  kernel(z.data_ptr<float>(), e.numel());
}
void made(Tensor x, const Tensor &y) {
  x = x.contiguous();
  auto a = x.contiguous();
  kernel(x.data_ptr<float>(), a.numel());
  Tensor z = torch::empty({4}), v = y.contiguous().view({-1}), s = torch::cat({y, y});
  auto b = z.contiguous(), c = v.contiguous(), d = s.contiguous();
  kernel(z.data_ptr<float>(), b.numel());
  kernel(v.data_ptr<float>(), c.numel());
  kernel(s.data_ptr<float>(), d.numel());
}
static void called(const Tensor &x) {
  auto c = x.contiguous();
  kernel(x.data_ptr<float>(), c.numel());
}
void calls(const Tensor &x) {
  Tensor dense = torch::rand({3, 4});
  called(dense);
  called(x.contiguous());
}
struct Keeper {
  Tensor kept = torch::zeros({4});
  void run() {
    auto c = kept.contiguous();
    kernel(kept.data_ptr<float>(), c.numel());
  }
};

// The pointer is taken before, of another value, of another tensor, or only compared.
void before(Tensor x, const Tensor &other) {
  kernel(x.data_ptr<float>(), 4);
  auto c = x.contiguous(), d = x.contiguous();
  kernel(other.data_ptr<float>(), c.numel());
  if (x.data_ptr<float>() == other.data_ptr<float>() || !x.data_ptr())
    std::cout << x.data_ptr() << reinterpret_cast<std::uintptr_t>(x.data_ptr()) % 16;
  x = other;
  kernel(x.data_ptr<float>(), c.numel());
}
// A copy in another order, of a part, with its own name.
void others(Tensor x) {
  auto c = x.contiguous(at::MemoryFormat::ChannelsLast), d = x[0].contiguous();
  kernel(x.data_ptr<float>(), c.numel() + d.numel());
  x = x.contiguous();
  kernel(x.data_ptr<float>(), x.numel());
}
// Out of scope where the pointer is taken.
void scope(const Tensor &x) {
  {
    auto c = x.contiguous();
    kernel(nullptr, c.numel());
  }
  kernel(x.data_ptr<float>(), 4);
}

// Look-alike: whether the copy is the tensor itself is asked by its memory.
void compared(Tensor x) {
  auto c = x.contiguous();
  TORCH_CHECK(c.data_ptr() == x.data_ptr(), "contiguous");
  kernel(x.data_ptr<float>(), c.numel());
}
