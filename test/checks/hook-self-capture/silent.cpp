// RUN: %check torch-hook-self-capture %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <functional>
#include <iostream>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale;
  Tensor forward(Tensor x) { return fc(x); }
  void hook_own() {
    // 'this' owns nothing.
    scale.register_hook([this](Tensor g) { return g * factor; });
    // A weak reference to the module.
    auto weak = std::weak_ptr<torch::nn::Module>(shared_from_this());
    scale.register_hook([weak](Tensor g) { return g; });
  }
  double factor = 1;
};
TORCH_MODULE(Net);

void captures(Tensor x, Net net, NetImpl *raw) {
  auto h = torch::relu(x);
  // By reference, of something that outlives the hook.
  h.register_hook([&h](Tensor g) { return g * h; });
  // A default capture whose body does not use the tensor.
  h.register_hook([=](Tensor g) { return g; });
  h.register_hook([&](Tensor g) { return g; });
  // A weak reference.
  c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> weak(h.getIntrusivePtr());
  h.register_hook([weak](Tensor g) { return g; });
  // A tensor of its own that shares the storage, or a copy of the values.
  h.register_hook([d = h.detach()](Tensor g) { return g * d; });
  h.register_hook([d = h.detach().abs()](Tensor g) { return g * d; });
  auto values = h.detach().clone();
  h.register_hook([values](Tensor g) { return g * values; });
  // Numbers.
  auto mean = h.mean().item<double>();
  h.register_hook([mean](Tensor g) { return g * mean; });
  h.register_hook([n = h.numel()](Tensor g) { return g / n; });
  // What the tensor was computed from.
  auto y = h * 2;
  y.register_hook([h](Tensor g) { return g * h; });
  // Another tensor.
  y.register_hook([x](Tensor g) { return g * x; });
  // A pointer owns nothing.
  raw->scale.register_hook([raw](Tensor g) { return g; });
}

// Another module than the one that owns the parameter.
void two(Net a, Net b) {
  for (auto &p : a->parameters())
    p.register_hook([b](Tensor g) { return g; });
  a->scale.register_hook([s = b->scale](Tensor g) { return g * s; });
}

// A hook on an activation: the module does not own it.
void activation(Net net, Tensor x) {
  auto h = net(x);
  h.register_hook([net](Tensor g) { return g; });
}

// Removed: that ends the cycle.
void removed(Tensor x) {
  auto h = torch::relu(x);
  auto handle = h.register_hook([h](Tensor g) { return g * h; });
  h.sum().backward();
  h.remove_hook(handle);
}
unsigned kept(Tensor h) {
  return h.register_hook([h](Tensor g) { return g * h; });
}

// Bound by reference.
Tensor times(const Tensor &self, Tensor grad) { return grad * self; }
void bound(Tensor x) {
  auto h = torch::relu(x);
  std::function<Tensor(Tensor)> hook = std::bind(times, std::cref(h), std::placeholders::_1);
  h.register_hook(hook);
}

// A functor that keeps a number.
struct Scale {
  explicit Scale(const Tensor &t) : by(t.mean().item<double>()) {}
  double by;
  Tensor operator()(Tensor grad) const { return grad * by; }
};
void functor(Tensor x) {
  auto h = torch::relu(x);
  h.register_hook(Scale(h));
}
// What is captured has no graph.
void masks(torch::nn::Linear fc, torch::Tensor x) {
  auto h = fc(x);
  auto positive = h > 0;
  h.register_hook([positive](torch::Tensor grad) { return grad * positive; });
  auto asFloat = (h > 0).to(torch::kFloat);
  h.register_hook([asFloat](torch::Tensor grad) { return grad * asFloat; });
  auto zeros = torch::zeros_like(h);
  h.register_hook([zeros](torch::Tensor grad) { return grad + zeros; });
  torch::Tensor scaled;
  {
    torch::NoGradGuard off;
    auto doubled = h * 2;
    h.register_hook([doubled](torch::Tensor grad) { return grad * doubled; });
  }
  torch::relu(h).sum().backward();
}
