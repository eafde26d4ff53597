// RUN: cp %s %t.cpp
// RUN: %check torch-retained-graph %t.cpp --fix
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-retained-graph %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

#include <iostream>
#include <vector>

int main() {
  torch::nn::Linear net(4, 4);
  auto x = torch::ones({4}), state = x, total = torch::zeros({1}), half = total;
  std::vector<torch::Tensor> outputs, sums;
  for (int i = 0; i < 1000; ++i) {
    auto loss = net(x).sum();
    total += loss;
    // CHECK: {{^}}    total += loss.detach();
    half += loss / 2;
    // CHECK: {{^}}    half += (loss / 2).detach();
    outputs.push_back(net(x));
    // CHECK: {{^}}    outputs.push_back(net(x).detach());
    sums.push_back(loss + 1);
    // CHECK: {{^}}    sums.push_back((loss + 1).detach());
    state = net->forward(state);
    // CHECK: {{^}}    state = net->forward(state).detach();
  }
  std::cout << total << half << state << outputs.size() << sums.size();
}
