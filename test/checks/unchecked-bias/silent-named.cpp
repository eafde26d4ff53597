// RUN: %check torch-unchecked-bias %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

// Look-alike: the name asks for another type than the one without a bias; the pointer is tested; another module is asked.
struct NamedImpl : nn::Module {
  NamedImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    conv = register_module("conv", nn::Conv2d(nn::Conv2dOptions(1, 1, 1).bias(false)));
    torch::NoGradGuard no_grad;
    for (auto &m : modules(false)) {
      if (m->name() == "torch::nn::LinearImpl")
        m->named_parameters().find("bias")->zero_();
      if (m->name() == "torch::nn::Conv2dImpl")
        if (auto *b = m->named_parameters().find("bias"))
          b->zero_();
      if (m->name() != "torch::nn::Conv2dImpl")
        if (m->name() == "torch::nn::LinearImpl")
          m->named_parameters().find("bias")->zero_();
    }
  }
  nn::Linear fc{nullptr};
  nn::Conv2d conv{nullptr};
};
