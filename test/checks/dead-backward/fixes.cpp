// No fix: where the graph was lost is not where it shows.
// RUN: cp %s %t.cpp
// RUN: %check torch-dead-backward %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

#include <vector>

void step(std::vector<float> losses, torch::nn::Linear net, torch::Tensor x) {
  torch::optim::LBFGS optimizer(net->parameters());
  auto loss = torch::tensor(losses, torch::requires_grad()).sum();
  // CHECK: :[[@LINE-1]]:15: warning: this makes a new leaf
  loss.backward();
  auto pred = net(x);
  optimizer.step([&] { return net(x).sum(); });
  // CHECK: :[[@LINE-1]]:18: warning: this closure never calls backward()
  optimizer.step([&] {
    auto loss = pred.sum();
    loss.backward();
    // CHECK: :[[@LINE-1]]:5: warning: LBFGS calls this closure several times
    return loss;
  });
}
