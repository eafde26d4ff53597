// RUN: %check torch-undetached-hook-capture %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <iostream>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale;
  Tensor forward(Tensor x) { return fc(x); }
};
TORCH_MODULE(Net);

// Gradients of a plain backward have no graph.
unsigned plain(Tensor w, std::vector<Tensor> &out, Tensor &last) {
  return w.register_hook([&](Tensor grad) {
    out.push_back(grad);
    last = grad.clone();
  });
}
struct GradCam {
  Tensor gradient;
  void watch(Tensor activation) {
    activation.register_hook([this](Tensor grad) { gradient = grad; });
  }
};

// A mask and a batch of data have no graph.
unsigned mask(Net net, Tensor batch, std::vector<Tensor> &out) {
  auto mask = (net->scale != 0).to(torch::kFloat);
  auto scaled = batch / 255;
  net->scale.register_hook([mask, scaled](Tensor g) { return g * mask; });
  return net->scale.register_hook([&out, mask](Tensor) { out.push_back(mask); });
}

// Detached before.
unsigned detached(Net net, Tensor x, std::vector<Tensor> &out) {
  auto hidden = net(x).detach();
  return net->scale.register_hook([&out, hidden](Tensor) { out.push_back(hidden); });
}

// The shape and the values, not the tensor, in the closure.
unsigned shape_only(Net net, Tensor x) {
  auto out = net(x);
  auto values = out.detach().cpu();
  return net->scale.register_hook(
      [shape = out.sizes().vec(), n = out.size(0), values](Tensor g) { return g * values.sum(); });
}

// Removed again: the closure goes with it.
void removed(Net net, Tensor x) {
  auto out = net(x);
  auto h = net->scale.register_hook([out](Tensor g) { return g * out.mean().item<double>(); });
  out.sum().backward();
  net->scale.remove_hook(h);
}

// Kept by a non-leaf of the same graph.
Tensor scaled(Net net, Tensor x) {
  auto hidden = net(x);
  auto y = net(hidden);
  y.register_hook([hidden](Tensor g) { return g * hidden.detach(); });
  return y;
}

std::vector<Tensor> kept;
std::vector<int64_t> sizes;
std::vector<std::vector<int64_t>> shapes;
double total;
void end(const at::RecordFunction &fn, at::ObserverContext *) {
  auto out = fn.outputs()[0].toTensor();
  // Without the graph.
  kept.push_back(out.detach());
  kept.push_back(out.detach().clone());
  kept.push_back(out.clone().detach());
  kept.push_back(out.variable_data());
  kept.push_back(out.argmax());
  kept.push_back(out > 0);
  kept.push_back(torch::zeros_like(out));
  auto values = out.detach();
  kept.push_back(values.view({-1}));
  // The move to the CPU comes after the cut, or before it.
  kept.push_back(out.detach().cpu());
  kept.push_back(out.detach().to(torch::kFloat).cpu());
  kept.push_back(out.cpu().detach());
  auto host = out.detach().cpu();
  kept.push_back(host);
  // No tensor.
  shapes.push_back(out.sizes().vec());
  auto shape = out.sizes();
  sizes.push_back(shape[0]);
  total = out.sum().item<double>();
  sizes.push_back(out.numel());
  std::cout << out;
  // A copy made under a guard.
  {
    torch::NoGradGuard guard;
    kept.push_back(out.clone());
    kept.push_back(out.mean());
  }
  // Locals die with the call.
  std::vector<Tensor> local;
  local.push_back(out);
  Tensor copy = out;
  copy = out.relu();
}
at::CallbackHandle record() {
  return at::addGlobalCallback(
      at::RecordFunctionCallback(nullptr, end).needsOutputs(true));
}

// Installed under a guard: nothing in this function has a graph.
void keep_input(const at::RecordFunction &fn, at::ObserverContext *) {
  kept.push_back(fn.inputs()[0].toTensor());
}
void inference(Net net, Tensor x) {
  torch::NoGradGuard guard;
  auto handle = at::addThreadLocalCallback(at::RecordFunctionCallback(nullptr, keep_input));
  net(x);
  at::removeCallback(handle);
}

// The hook returns a new gradient and stores nothing.
Tensor clip(Net net, Tensor x) {
  auto h = net(x);
  h.register_hook([](Tensor g) { return g.clamp(-1, 1); });
  h.register_hook([h](Tensor g) { return g; });
  return h;
}

// A literal false is no create_graph.
void explicit_false(Tensor loss) { loss.backward({}, true, false); }
