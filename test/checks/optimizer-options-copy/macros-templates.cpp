// RUN: %check torch-optimizer-options-copy %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define OPTIONS(group) static_cast<torch::optim::SGDOptions &>(group.options())

void macros(torch::optim::SGD &sgd) {
  auto options = OPTIONS(sgd.param_groups()[0]);
  // CHECK: :[[@LINE-1]]:8: warning: 'options' is a copy of the options
  options.lr(0.1);
}

// Dependent: nothing is known before it is instantiated.
template <typename Optimizer> void never(Optimizer &optimizer) {
  for (auto group : optimizer.param_groups())
    group.options().set_lr(0.1);
}
template <typename Optimizer> void always(Optimizer &optimizer) {
  for (auto group : optimizer.param_groups())
    // CHECK: :[[@LINE-1]]:13: warning: 'group' is a copy of the parameter group
    group.options().set_lr(0.1);
}
void instantiate(torch::optim::SGD &sgd) { always(sgd); }
