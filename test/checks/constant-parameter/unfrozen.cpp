// Something in view asks for gradients: perhaps of this one.
// RUN: %check torch-constant-parameter %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

struct AImpl : torch::nn::Module {
  AImpl() { table = register_parameter("table", torch::ones({1}), false); }
  torch::Tensor table;
};
void unfreeze(torch::nn::Module &net) {
  for (auto &parameter : net.parameters())
    parameter.set_requires_grad(true);
}
