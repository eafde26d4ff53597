// RUN: cp %s %t.cpp
// RUN: %check torch-inference-graph %t.cpp --fix --unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-inference-graph %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Linear net(4, 4);
  // CHECK: {{^}}  torch::NoGradGuard no_grad;
  // CHECK-NEXT: {{^}}  torch::nn::Linear net(4, 4);
  net->eval();
  std::cout << net->forward(torch::ones({1, 4}));
}
