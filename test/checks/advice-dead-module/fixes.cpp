// RUN: cp %s %t.cpp
// RUN: %check torch-advice-dead-module %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-advice-dead-module %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct NetImpl : nn::Module {
  NetImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
  nn::Linear gone{nullptr}; // one
  nn::BatchNorm1d gone_too = nullptr; // two
  // FIXED: {{^}}  nn::Linear fc{nullptr};
  // FIXED-NEXT: {{^}}   // one
  // FIXED-NEXT: {{^}}   // two
};

// Several to a line are left to the author.
struct BesideImpl : nn::Module {
  BesideImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr}, beside{nullptr};
  // FIXED: {{^}}  nn::Linear fc{nullptr}, beside{nullptr};
};
