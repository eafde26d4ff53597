// Own parameters alone, since the children are frozen.
// RUN: %check torch-optimizer-parameters %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
namespace nn = torch::nn;
struct PromptedImpl : nn::Module {
  PromptedImpl() : prompt(register_parameter("prompt", torch::zeros({1, 4}))), backbone(register_module("backbone", nn::Linear(4, 2))) {}
  torch::Tensor forward(torch::Tensor x) { return backbone(x + prompt); }
  torch::Tensor prompt;
  nn::Linear backbone;
};
TORCH_MODULE(Prompted);
void tune(Prompted net, torch::Tensor x) {
  for (auto &p : net->backbone->parameters())
    p.set_requires_grad(false);
  torch::optim::Adam optimizer(net->parameters(/*recurse=*/false), 1e-3);
  net->forward(x).sum().backward();
  optimizer.step();
}
