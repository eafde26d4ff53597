// RUN: %check torch-unchecked-bias %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

// The name asks for the type: a Linear of this net was built without a bias, a norm without affine.
struct NamedImpl : nn::Module {
  NamedImpl() {
    fc = register_module("fc", nn::Linear(nn::LinearOptions(2, 2).bias(false)));
    norm = register_module("norm", nn::BatchNorm1d(nn::BatchNorm1dOptions(2).affine(false)));
    full = register_module("full", nn::Conv2d(1, 1, 1));
    torch::NoGradGuard no_grad;
    for (auto &m : modules(false)) {
      if (m->name() == "torch::nn::LinearImpl") {
        auto *b = m->named_parameters().find("bias");
        b->zero_();
        // CHECK: :[[@LINE-1]]:9: warning: 'b' is a null pointer: the 'Linear' was built with bias(false)
      }
      if ("torch::nn::BatchNorm1dImpl" == m->name() && is_training())
        m->named_parameters().find("bias")->fill_(1);
      // CHECK: :[[@LINE-1]]:9: warning: {{.*}}is a null pointer: the 'BatchNorm1d' was built with affine(false)
      // Look-alike: every Conv2d of the net has one.
      if (m->name() == "torch::nn::Conv2dImpl")
        m->named_parameters().find("bias")->zero_();
    }
  }
  nn::Linear fc{nullptr};
  nn::BatchNorm1d norm{nullptr};
  nn::Conv2d full{nullptr};
};
