// A guard outside all functions.
// RUN: %check torch-inplace-on-parameter,torch-retained-graph %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <iostream>
#include <torch/torch.h>
static torch::NoGradGuard off;
int main() {
  torch::nn::Linear net(4, 4);
  for (auto &p : net->parameters())
    p.fill_(1);
  auto h = torch::rand({1, 4});
  for (int i = 0; i < 1000; ++i)
    h = net->forward(h);
  std::cout << h;
}
