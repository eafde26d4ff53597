// What macros spell may be expected to fail; templates are judged where they are instantiated.
// RUN: %check torch-zero-grad %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define BACKWARD(Loss) (Loss).backward()
#define STEP(Optimizer) (Optimizer).step()

void macros(torch::nn::Linear net, torch::Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    BACKWARD(net(x).mean());
    optimizer.step();
  }
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    STEP(optimizer);
  }
}

template <typename Net> void train(Net net, torch::Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    // CHECK: :[[@LINE-1]]:19: warning: nothing clears the gradients
    optimizer.step();
  }
}
template void train(torch::nn::Linear, torch::Tensor);
