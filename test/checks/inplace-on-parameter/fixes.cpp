// RUN: cp %s %t.cpp
// RUN: %check torch-inplace-on-parameter %t.cpp --fix
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-inplace-on-parameter %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

int main() {
  torch::nn::Linear l(2, 2);
  l->weight.mul_(2);
  // CHECK: {{^}}  { torch::NoGradGuard no_grad; l->weight.mul_(2); }
  for (auto &p : l->parameters())
    p.clamp_(-1, 1);
  // CHECK: {{^}}    { torch::NoGradGuard no_grad; p.clamp_(-1, 1); }
  if (l)
    l->bias += 1; // kept
  // CHECK: {{^}}    { torch::NoGradGuard no_grad; l->bias += 1; } // kept
}
