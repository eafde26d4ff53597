// RUN: %check torch-undetached-hook-capture %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <mutex>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale;
  Tensor forward(Tensor x) { return fc(x); }
};
TORCH_MODULE(Net);

std::mutex mutex;
std::vector<Tensor> kept;
Tensor last;
std::unique_ptr<at::ObserverContext> start(const at::RecordFunction &fn) {
  kept.push_back(fn.inputs()[0].toTensor());
  // CHECK: :[[@LINE-1]]:33: warning: hook stores 'fn.inputs()[0].toTensor()' without 'detach()' in 'kept'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
  return nullptr;
}
void end(const at::RecordFunction &fn, at::ObserverContext *) {
  auto out = fn.outputs()[0].toTensor();
  last = out;
  // CHECK: :[[@LINE-1]]:10: warning: hook stores 'out' without 'detach()' in 'last'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
  last = out.view({-1});
  // CHECK: :[[@LINE-1]]:14: warning: hook stores 'out.view({-1})' without 'detach()' in 'last'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
  kept.push_back(out.mean());
  // CHECK: :[[@LINE-1]]:22: warning: hook stores 'out.mean()' without 'detach()' in 'kept'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
  kept.emplace_back(out.clone());
  // CHECK: :[[@LINE-1]]:25: warning: hook stores 'out.clone()' without 'detach()' in 'kept'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
}
at::CallbackHandle record() {
  return at::addGlobalCallback(at::RecordFunctionCallback(start, end).needsInputs(true));
}

// A gradient with a graph: some backward in view runs with create_graph.
void penalty(Net net, std::vector<Tensor> &out) {
  Tensor x = torch::ones({1, 2}, torch::requires_grad());
  Tensor norm;
  x.register_hook([&](Tensor grad) {
    out.push_back(grad);
    // CHECK: :[[@LINE-1]]:19: warning: hook stores 'grad' without 'detach()' in 'out'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
    norm = grad.norm();
    // CHECK: :[[@LINE-1]]:17: warning: hook stores 'grad.norm()' without 'detach()' in 'norm'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
  });
  net(x).sum().backward({}, true, true);
}

// The gradient hook brings another tensor with it.
void captured(Net net, Tensor x, std::vector<Tensor> &records) {
  auto hidden = torch::relu(net(x));
  auto logits = net(hidden);
  logits.register_hook([&records, hidden](Tensor) { records.push_back(hidden); });
  // CHECK: :[[@LINE-1]]:71: warning: hook stores 'hidden' without 'detach()' in 'records'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
  logits.register_hook([&](Tensor) { records.push_back(hidden); });
  // CHECK: :[[@LINE-1]]:56: warning: hook stores 'hidden' without 'detach()' in 'records'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
}

// Never removed: the closure itself keeps the graph.
void held(Net net, Tensor x) {
  auto out = net(x);
  net->scale.register_hook([out](Tensor g) { return g * out.mean().item<double>(); });
  // CHECK: :[[@LINE-1]]:29: warning: hook on 'net->scale' holds 'out' without 'detach()'; its autograd graph stays in memory for as long as the hook is installed [torch-undetached-hook-capture]
  net->scale.register_hook([o = net(x)](Tensor g) { return g * o.mean().item<double>(); });
  // CHECK: :[[@LINE-1]]:29: warning: hook on 'net->scale' holds 'o' without 'detach()'; its autograd graph stays in memory for as long as the hook is installed [torch-undetached-hook-capture]
}

struct Recorder {
  std::map<std::string, Tensor> grads;
  std::pair<int, Tensor> latest;
  void watch(Tensor w) {
    handle = w.register_hook([this](Tensor grad) {
      grads["w"] = grad;
      // CHECK: :[[@LINE-1]]:20: warning: hook stores 'grad' without 'detach()' in 'grads'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
      latest = std::make_pair(1, grad);
      // CHECK: :[[@LINE-1]]:34: warning: hook stores 'grad' without 'detach()' in 'latest'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
    });
  }
  unsigned handle;
};

// A functor.
struct Keep {
  std::vector<Tensor> *out;
  void operator()(Tensor grad) const { out->push_back(grad); }
  // CHECK: :[[@LINE-1]]:55: warning: hook stores 'grad' without 'detach()' in 'out'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
};
unsigned functor(Tensor w, std::vector<Tensor> &out) { return w.register_hook(Keep{&out}); }

// std::bind of a named function.
void store(std::vector<Tensor> &out, Tensor grad) { out.push_back(grad); }
// CHECK: :[[@LINE-1]]:67: warning: hook stores 'grad' without 'detach()' in 'out'; its autograd graph stays in memory until the stored value goes [torch-undetached-hook-capture]
unsigned bound(Tensor w, std::vector<Tensor> &out) {
  std::function<void(Tensor)> hook = std::bind(store, std::ref(out), std::placeholders::_1);
  return w.register_hook(hook);
}
