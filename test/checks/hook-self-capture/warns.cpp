// RUN: %check torch-hook-self-capture %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <functional>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale;
  NetImpl() { scale = register_parameter("scale", torch::ones({1})); }
  Tensor forward(Tensor x) {
    auto h = fc(x);
    h.register_hook([h](Tensor g) { return g * h; });
    // CHECK: :[[@LINE-1]]:22: warning: hook on 'h' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
    h.register_hook([=](Tensor g) { return g * h; });
    // CHECK: :[[@LINE-1]]:48: warning: hook on 'h' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
    h.register_hook([copy = h](Tensor g) { return g * copy; });
    // CHECK: :[[@LINE-1]]:22: warning: hook on 'h' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
    return h;
  }
  void hook_own() {
    auto self = shared_from_this();
    scale.register_hook([self](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:26: warning: hook on 'scale' captures by value the module that owns it; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
    scale.register_hook([s = scale](Tensor g) { return g * s; });
    // CHECK: :[[@LINE-1]]:26: warning: hook on 'scale' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
  }
};
TORCH_MODULE(Net);

void alias(Tensor x, Net net) {
  auto h = torch::relu(x);
  auto other = h;
  h.register_hook([other](Tensor g) { return g * other; });
  // CHECK: :[[@LINE-1]]:20: warning: hook on 'h' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
  other.register_hook([h](Tensor g) { return g * h; });
  // CHECK: :[[@LINE-1]]:24: warning: hook on 'other' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
  // Computed from it: the graph of the result leads back to the hook.
  auto y = h * 2;
  h.register_hook([y](Tensor g) { return g * y; });
  // CHECK: :[[@LINE-1]]:20: warning: hook on 'h' captures by value a tensor computed from it; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
}

// A parameter and the module that owns it.
void owner(Net net, std::shared_ptr<NetImpl> impl) {
  net->scale.register_hook([net](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:29: warning: hook on 'net->scale' captures by value the module that owns it; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
  net->fc->weight.register_hook([net](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:34: warning: hook on 'net->fc->weight' captures by value the module that owns it; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
  for (auto &p : net->parameters())
    p.register_hook([net](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:22: warning: hook on 'p' captures by value the module that owns it; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
  impl->scale.register_hook([impl](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:30: warning: hook on 'impl->scale' captures by value the module that owns it; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
  auto w = net->fc->weight;
  w.register_hook([w](Tensor g) { return g * w; });
  // CHECK: :[[@LINE-1]]:20: warning: hook on 'w' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
}

// A member expression captured by a copy of the same text.
void text(Net net) {
  net->fc->weight.register_hook([w = net->fc->weight](Tensor g) { return g * w; });
  // CHECK: :[[@LINE-1]]:34: warning: hook on 'net->fc->weight' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
}

Tensor times(Tensor self, Tensor grad) { return grad * self; }
void bound(Tensor x) {
  auto h = torch::relu(x);
  std::function<Tensor(Tensor)> hook = std::bind(times, h, std::placeholders::_1);
  // CHECK: :[[@LINE-1]]:57: warning: hook on 'h' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
  h.register_hook(hook);
}

struct Scale {
  Tensor by;
  Tensor operator()(Tensor grad) const { return grad * by; }
};
void functor(Tensor x) {
  auto h = torch::relu(x);
  h.register_hook(Scale{h});
  // CHECK: :[[@LINE-1]]:25: warning: hook on 'h' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
}

// A variable that holds the lambda.
void variable(Tensor x) {
  auto h = torch::relu(x);
  auto hook = [h](Tensor g) { return g * h; };
  // CHECK: :[[@LINE-1]]:16: warning: hook on 'h' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
  h.register_hook(hook);
}
