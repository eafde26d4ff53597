// RUN: %check torch-inference-graph %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/script.h>
#include <torch/torch.h>

#include <functional>
#include <iostream>

using torch::Tensor;

struct NetImpl : torch::nn::Module {
  NetImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  Tensor forward(Tensor x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Net);

// Guards here, and in the caller.
Tensor guarded(torch::jit::Module &module, Tensor x) {
  torch::NoGradGuard no_grad;
  return module.forward({x}).toTensor();
}
Tensor mode(Net net, Tensor x) {
  net->eval();
  c10::InferenceMode guard;
  return net(x);
}
static Tensor inner(torch::jit::Module &module, Tensor x) { return module.forward({x}).toTensor(); }
void server(Tensor x) {
  c10::InferenceMode guard;
  auto module = torch::jit::load("net.pt");
  std::cout << inner(module, x);
}

// Callers out of view: they may hold a guard, or train.
struct Model {
  torch::jit::Module module = torch::jit::load("net.pt");
  Tensor run(Tensor x) { return module.forward({x}).toTensor(); }
};
Tensor evaluate(Net net, Tensor x) {
  net->eval();
  return net(x);
}

// Not prepared for inference in view; no parameters; a callback.
void fresh(Tensor x) {
  Net net;
  std::cout << net(x);
}
void trainedModeFirst(Tensor x) {
  Net net;
  std::cout << net(x);
  torch::load(net, "net.pt");
}
void activation(Tensor x) {
  torch::nn::ReLU relu;
  relu->eval();
  std::cout << relu(x);
}
void callback(std::function<void()> &later, Tensor x) {
  auto module = torch::jit::load("net.pt");
  later = [=]() mutable { std::cout << module.forward({x}).toTensor(); };
}
int rate() {
  auto module = torch::jit::load("net.pt");
  module.eval();
  return module.run_method("rate").toInt();
}
int main() {
  auto module = torch::jit::load("net.pt");
  guarded(module, torch::ones({1, 4}));
}

// The result leaves all the same.
class Features {
public:
  void compute(torch::Tensor x) {
    torch::load(net, "net.pt");
    out = net->forward(x);
  }
  torch::Tensor out;
private:
  torch::nn::Linear net{4, 4};
};
torch::jit::IValue value(const std::string &path, torch::Tensor x) {
  auto model = torch::jit::load(path);
  return model.forward({x});
}
void toCallback(const std::string &path, torch::Tensor x, const std::function<void(torch::Tensor)> &use) {
  auto model = torch::jit::load(path);
  use(model.forward({x}).toTensor());
}
std::function<torch::Tensor()> closure(const std::string &path, torch::Tensor x) {
  auto model = torch::jit::load(path);
  auto y = model.forward({x}).toTensor();
  return [y] { return y.sum(); };
}
