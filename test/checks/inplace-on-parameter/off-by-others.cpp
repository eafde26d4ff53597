// Gradients that others turn off: a function, an object of the project's own, the object itself, who constructs.
// RUN: %check torch-inplace-on-parameter,torch-retained-graph,torch-inference-graph,torch-stale-graph %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error|info)}}:'
#include <iostream>
#include <torch/script.h>
#include <torch/torch.h>
using torch::Tensor;
namespace nn = torch::nn;
struct NetImpl : nn::Module {
  NetImpl() : a(register_module("a", nn::Linear(4, 4))) {}
  Tensor forward(Tensor x) { return a(x); }
  nn::Linear a;
};
TORCH_MODULE(Net);
static void prepare() {
  torch::set_num_threads(1);
  torch::GradMode::set_enabled(false);
}
void script(const char *path) {
  prepare();
  auto model = torch::jit::load(path);
  model.eval();
  for (int i = 0; i < 100; ++i)
    std::cout << model.forward({torch::rand({1, 3})}).toTensor();
}
struct Off {
  Off() { torch::GradMode::set_enabled(false); }
  ~Off() { torch::GradMode::set_enabled(true); }
};
void old(Net net, Tensor x) {
  Tensor before;
  {
    Off off;
    before = net->forward(x);
  }
  torch::optim::Adam optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 3; ++i) {
    auto loss = (net->forward(x) - before).pow(2).sum();
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  }
}
class Detector {
public:
  explicit Detector(const std::string &path) : model(torch::jit::load(path)) {
    model.eval();
    model.forward({torch::zeros({1, 3, 64, 64})});
  }
private:
  c10::InferenceMode off;
  torch::jit::Module model;
};
struct Quantizer {
  Quantizer() { net->a->weight.mul_(127); }
  torch::NoGradGuard off;
  Net net;
};
struct PortedImpl : nn::Module {
  explicit PortedImpl(Tensor weights) : a(register_module("a", nn::Linear(4, 4))) { a->weight.copy_(weights); }
  Tensor forward(Tensor x) { return a(x); }
  nn::Linear a;
};
TORCH_MODULE(Ported);
int main(int, char **arguments) {
  torch::NoGradGuard off;
  Detector detector(arguments[1]);
  Quantizer quantizer;
  Ported net(torch::ones({4, 4}));
  std::cout << net->forward(torch::rand({1, 4}));
}
