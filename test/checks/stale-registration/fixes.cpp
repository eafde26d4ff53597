// Copying in place changes what else sees the tensor: an unsafe fix on the note. A parameter may only be written under
// a NoGradGuard, so the fix brings one where none is in view.
// RUN: cp %s %t.cpp
// RUN: %check torch-stale-registration %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-stale-registration %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
// The result compiles and is clean.
// RUN: %check torch-stale-registration %t.cpp | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct NetImpl : nn::Module {
  NetImpl() {
    mean = register_buffer("mean", torch::zeros({2}));
    weight = register_parameter("weight", torch::ones({2}));
    fc = register_module("fc", nn::Linear(2, 2));
  }
  void update(Tensor x) {
    torch::NoGradGuard no_grad;
    mean = mean * 0.9 + x.mean(0) * 0.1;
    // FIXED: {{^}}    mean.copy_(mean * 0.9 + x.mean(0) * 0.1);
    this->mean = x;
    // FIXED: {{^}}    this->mean.copy_(x);
    fc->bias = x.mean(0);
    // FIXED: {{^}}    fc->bias.copy_(x.mean(0));
  }
  void load(Tensor w) {
    weight = w;
    // FIXED: {{NoGradGuard [a-z_]+; *}}weight.copy_(w);
    if (w.defined())
      fc->weight = w.clone();
    // FIXED: {{NoGradGuard [a-z_]+; *}}fc->weight.copy_(w.clone());
  }
  Tensor forward(Tensor x) { return fc(x - mean) * weight; }
  Tensor mean, weight;
  nn::Linear fc{nullptr};
};

void loadAll(nn::Module &net, const std::vector<Tensor> &loaded) {
  torch::NoGradGuard no_grad;
  auto params = net.parameters();
  for (size_t i = 0; i < params.size(); ++i)
    params[i] = loaded[i];
  // FIXED: {{^}}    params[i].copy_(loaded[i]);
}
