// RUN: cp %s %t.cpp
// RUN: %check torch-optimizer-options-copy %t.cpp --fix
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-optimizer-options-copy %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

void f(torch::optim::SGD &sgd) {
  for (auto group : sgd.param_groups())
    // CHECK: {{^}}  for (auto &group : sgd.param_groups())
    group.options().set_lr(0.1);
  auto options = static_cast<torch::optim::SGDOptions &>(sgd.param_groups()[0].options());
  // CHECK: {{^}}  auto &options = static_cast
  options.lr(0.1);
}
