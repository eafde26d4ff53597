// RUN: %check torch-constant-parameter %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

struct AImpl : torch::nn::Module {
  AImpl() : scale(register_parameter("scale", torch::full({1}, 0.5), false)) {
    // CHECK: :[[@LINE-1]]:19: warning: this parameter never has a gradient, and still counts as one: what initialises, counts or moves parameters() takes it along [torch-constant-parameter]
    // CHECK: :[[@LINE-2]]:19: note: a constant that is saved and moved with the module is a buffer
    auto base = torch::arange(4);
    table = register_parameter("table", base.to(torch::kFloat), /*requires_grad=*/false);
    // CHECK: :[[@LINE-1]]:13: warning: this parameter never has a gradient
    this->register_parameter("sum", base + 1, false);
    // CHECK: :[[@LINE-1]]:11: warning: this parameter never has a gradient
  }
  torch::Tensor scale, table;
};
