// RUN: cp %s %t.cpp
// Archives written before lack the new keys: only on a note.
// RUN: %check torch-unregistered-tensor %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-unregistered-tensor %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
// The result compiles, and only what has no fix is left.
// RUN: %check torch-unregistered-tensor %t.cpp | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct NetImpl : nn::Module {
  explicit NetImpl(int64_t n)
      : listed(torch::zeros({n})),
        // FIXED: {{^}}      : listed(register_buffer("listed", torch::zeros({n}))),
        braced{torch::ones({n, 2})} {
    // FIXED: {{^}}        braced{register_buffer("braced", torch::ones({n, 2}))} {
    table = torch::arange(n).view({1, -1});
    // FIXED: {{^}}    table = register_buffer("table", torch::arange(n).view({1, -1}));
    weight = torch::randn({2, 2}, torch::requires_grad());
    // FIXED: {{^}}    weight = register_parameter("weight", torch::randn({2, 2}, torch::requires_grad()));
    this->mask_ = torch::ones({n, n}).tril();
    // FIXED: {{^}}    this->mask_ = register_buffer("mask", torch::ones({n, n}).tril());
    setup(n);
  }
  void setup(int64_t n) {
    betas = torch::linspace(0, 1, n);
    // FIXED: {{^}}    betas = register_buffer("betas", torch::linspace(0, 1, n));
  }
  Tensor forward(Tensor x) { return x.mm(weight) + table + listed + braced + mask_ + betas + by_default; }
  Tensor listed, braced, table, weight, mask_, betas;
  Tensor by_default = torch::ones({2});
  // FIXED: {{^}}  Tensor by_default = register_buffer("by_default", torch::ones({2}));
};

// A vector has no name to register its elements by.
struct VectorImpl : nn::Module {
  VectorImpl() {
    for (int i = 0; i < 3; ++i)
      weights.push_back(torch::randn({2, 2}));
  }
  Tensor forward(Tensor x) { return x.mm(weights[0]); }
  std::vector<Tensor> weights;
  // CHECK: :[[@LINE-1]]:23: warning: 'weights' is used in forward and never registered
};
