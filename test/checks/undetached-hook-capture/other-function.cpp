// RUN: %check torch-undetached-hook-capture %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

// Another function's gradients have a graph, not those of a local of this one; and a flag may be off.
void penalty(torch::nn::Linear critic, torch::Tensor x, bool second) {
  x.requires_grad_();
  auto gradient = torch::autograd::grad({critic(x).sum()}, {x}, {}, true, true)[0];
  gradient.norm().backward({}, true, second);
}
void attention(torch::nn::Linear fc, torch::Tensor x) {
  std::vector<torch::Tensor> gradients;
  auto h = fc(x);
  h.register_hook([&gradients](torch::Tensor gradient) { gradients.push_back(gradient); });
  h.sum().backward();
}
