// RUN: cp %s %t.cpp
// RUN: %check torch-missing-eval %t.cpp --fix --unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-missing-eval %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

int main() {
  torch::nn::Sequential net(torch::nn::Linear(4, 4), torch::nn::Dropout(0.1));
  torch::load(net, "net.pt");
  // CHECK: {{^}}  torch::load(net, "net.pt");
  // CHECK-NEXT: {{^}}  net->eval();
  auto y = net->forward(torch::ones({1, 4}));
}
