// RUN: %check torch-inference-graph %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/script.h>
#include <torch/torch.h>

#include <iostream>
#include <memory>

using torch::Tensor;

struct NetImpl : torch::nn::Module {
  NetImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  Tensor forward(Tensor x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Net);

static Tensor predict(torch::jit::Module &module, Tensor x) {
  return module.forward({x}).toTensor();
  // CHECK: :[[@LINE-1]]:10: warning: 'module' runs with gradients on: each call records a graph that nothing here runs backward through [torch-inference-graph]
  // CHECK: note: loaded here
  // CHECK: :[[@LINE-4]]:15: note: a 'torch::NoGradGuard' in this function turns them off
}

// Nobody in view calls it, and no tensor leaves it.
void classify(const std::string &path) {
  torch::jit::script::Module module;
  module = torch::jit::load(path);
  std::cout << module.forward({torch::ones({1, 4})}).toTensor().argmax(1);
  // CHECK: :[[@LINE-1]]:16: warning: 'module' runs with gradients on
}

struct Detector {
  std::shared_ptr<torch::jit::Module> module;
  Net net;
  Detector() {
    module = std::make_shared<torch::jit::Module>(torch::jit::load("a.pt"));
    torch::load(net, "net.pt");
    net->eval();
  }
  int detect(Tensor x) { return net(x).argmax().item<int>(); }
  // CHECK: :[[@LINE-1]]:{{33|36}}: warning: 'net' runs with gradients on
};

// The constructor loads it, and the function itself says what it is for.
class Evaluator {
public:
  explicit Evaluator(const std::string &path) { torch::load(net_, path); }
  std::vector<float> evaluate(const std::vector<float> &state) {
    net_->eval();
    Tensor x = torch::tensor(state).view({1, 4});
    Tensor y = net_->forward(x).squeeze();
    // CHECK: :[[@LINE-1]]:16: warning: 'net_' runs with gradients on
    return {y.data_ptr<float>(), y.data_ptr<float>() + y.numel()};
  }

private:
  Net net_;
};

int main() {
  auto module = torch::jit::load("net.pt");
  predict(module, torch::ones({1, 4}));
  Net net;
  net->eval();
  std::cout << net->forward(torch::ones({1, 4})) << net(torch::ones({1, 4}));
  // CHECK: :[[@LINE-1]]:16: warning: 'net' runs with gradients on
  // CHECK: :[[@LINE-3]]:3: note: put into eval() here, which leaves gradients on
  Detector detector;
  detector.detect(torch::ones({1, 4}));
}
