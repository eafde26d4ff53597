// RUN: %check torch-inplace-on-parameter %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

struct ScaleImpl : nn::Module {
  ScaleImpl() {
    fc = register_module("fc", nn::Linear(4, 4));
    fc->weight.mul_(0.5);
    // CHECK: :[[@LINE-1]]:5: warning: 'mul_' changes parameter 'fc->weight' in place while gradients are recorded, which throws: a leaf that requires grad may only be changed under a NoGradGuard [torch-inplace-on-parameter]
    scale = register_parameter("scale", torch::ones({4}));
    scale.fill_(2);
    // CHECK: :[[@LINE-1]]:5: note: 'fill_' changes 'scale' here, too
    scale += 1;
    // CHECK: :[[@LINE-1]]:5: note: 'operator+=' changes 'scale' here, too
    fc->bias[0] = 1.0;
    // CHECK: :[[@LINE-1]]:5: note: 'operator=' changes 'fc->bias' here, too
    fc->weight.select(0, 1).zero_();
    // CHECK: :[[@LINE-1]]:5: note: 'zero_' changes 'fc->weight' here, too
  }
  torch::Tensor forward(torch::Tensor x) {
    scale.clamp_(0, 1);
    // CHECK: :[[@LINE-1]]:5: warning: 'clamp_' changes parameter 'scale' in place
    // CHECK: :[[@LINE-13]]:13: note: registered here, which sets requires_grad
    return fc->forward(x) * scale;
  }
  nn::Linear fc{nullptr};
  torch::Tensor scale;
};

// Registered by a statement of its own.
struct StatementImpl : nn::Module {
  StatementImpl() {
    w = torch::empty({3});
    w.zero_(); // not yet a parameter
    register_parameter("w", w);
    w.normal_().mul_(0.1);
    // CHECK: :[[@LINE-1]]:5: warning: 'normal_' changes parameter 'w' in place
  }
  torch::Tensor w;
};

// The guard is gone before the loop runs.
void softUpdate(nn::Linear &target, nn::Linear &source) {
  { torch::NoGradGuard no_grad; }
  auto from = source->parameters();
  size_t i = 0;
  for (auto &p : target->parameters()) {
    p.mul_(0.99);
    // CHECK: :[[@LINE-1]]:5: warning: 'mul_' changes parameter 'p' in place
    // CHECK: :[[@LINE-3]]:{{[0-9]+}}: note: the parameters come from here
    p.data().add_(from[i++].data(), 0.01);
  }
}

int main() {
  nn::Linear a(2, 2), b(2, 2);
  softUpdate(a, b);
  torch::NoGradGuard(); // a temporary: gone at once
  for (auto &item : a->named_parameters())
    item.value().uniform_(-1, 1);
  // CHECK: :[[@LINE-1]]:5: warning: 'uniform_' changes parameter 'item.value()' in place
  torch::AutoGradMode on(true);
  auto weight = a->weight;
  weight.zero_();
  // CHECK: :[[@LINE-1]]:3: note: 'zero_' changes 'weight' here, too

  // Looked up by name.
  auto parameters = b->named_parameters();
  if (auto *found = parameters.find("weight"))
    found->zero_();
  // CHECK: :[[@LINE-1]]:5: note: 'zero_' changes 'found' here, too
  parameters["bias"].zero_();
  // CHECK: :[[@LINE-1]]:3: note: 'zero_' changes 'parameters["bias"]' here, too
}

// Some of the constructions stand under a guard.
struct BothImpl : torch::nn::Module {
  BothImpl() : a(register_module("a", torch::nn::Linear(4, 4))) { a->weight.mul_(2); }
  // CHECK: :[[@LINE-1]]:67: warning: 'mul_' changes parameter 'a->weight' in place
  torch::nn::Linear a;
};
TORCH_MODULE(Both);
void bothWays() {
  {
    torch::NoGradGuard off;
    Both first;
  }
  Both second;
}
