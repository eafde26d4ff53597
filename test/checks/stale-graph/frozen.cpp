// A helper that freezes by a flag: what is frozen records no graph.
// RUN: %check torch-stale-graph,torch-retained-graph,torch-grad-guard %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <iostream>
#include <thread>
using torch::Tensor;
namespace nn = torch::nn;
static void setRequiresGrad(nn::Module &module, bool on) {
  for (auto &p : module.parameters())
    p.set_requires_grad(on);
}
void target(nn::Sequential online, nn::Sequential other, Tensor s, Tensor next) {
  torch::optim::Adam optimizer(online->parameters(), 1e-3);
  setRequiresGrad(*other, false);
  auto y = other->forward(next) * 0.9;
  for (int i = 0; i < 3; ++i) {
    auto loss = torch::mse_loss(online->forward(s), y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  }
}
void collect(nn::Sequential net, Tensor x) {
  setRequiresGrad(*net, false);
  std::vector<Tensor> all;
  for (int i = 0; i < 1000; ++i)
    all.push_back(net->forward(x));
  std::cout << torch::stack(all);
  torch::NoGradGuard off;
  std::thread worker([&] { std::cout << net->forward(x); });
  worker.join();
}
