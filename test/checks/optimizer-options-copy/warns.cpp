// RUN: %check torch-optimizer-options-copy %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <memory>

using namespace torch::optim;

void copies(SGD &sgd, Adam &adam, std::unique_ptr<RMSprop> rms) {
  for (auto &group : sgd.param_groups()) {
    auto options = static_cast<SGDOptions &>(group.options());
    // CHECK: :[[@LINE-1]]:10: warning: 'options' is a copy of the options: the optimizer does not see what is changed in it [torch-optimizer-options-copy]
    // CHECK: :[[@LINE+1]]:5: note: changed here
    options.lr(options.lr() * 0.1);
    AdamOptions other = static_cast<AdamOptions &>(adam.param_groups()[0].options());
    // CHECK: :[[@LINE-1]]:17: warning: 'other' is a copy of the options
    other.set_lr(0.1);
    auto third = dynamic_cast<RMSpropOptions &>(rms->param_groups().front().options());
    // CHECK: :[[@LINE-1]]:10: warning: 'third' is a copy of the options
    third.weight_decay() = 0.1;
  }
  for (auto group : adam.param_groups())
    // CHECK: :[[@LINE-1]]:13: warning: 'group' is a copy of the parameter group
    group.options().set_lr(0.1);
  for (OptimizerParamGroup group : rms->param_groups()) {
    // CHECK: :[[@LINE-1]]:28: warning: 'group' is a copy of the parameter group
    auto &options = static_cast<RMSpropOptions &>(group.options());
    options.lr(0.1);
  }
  auto groups = sgd.param_groups();
  // CHECK: :[[@LINE-1]]:8: warning: 'groups' is a copy of the parameter group
  for (auto &group : groups)
    static_cast<SGDOptions &>(group.options()).lr(0.1);
  auto first = sgd.param_groups()[0];
  // CHECK: :[[@LINE-1]]:8: warning: 'first' is a copy of the parameter group
  first.options().set_lr(0.1);
}

void defaults(SGD &sgd, std::shared_ptr<Adam> adam) {
  static_cast<SGDOptions &>(sgd.defaults()).lr(0.1);
  // CHECK: :[[@LINE-1]]:3: warning: the optimizer's parameter groups have options of their own: a change of its defaults reaches only groups that are added later
  auto &options = static_cast<AdamOptions &>(adam->defaults());
  options.lr(0.1).weight_decay(0.2);
  // CHECK: :[[@LINE-1]]:3: warning: the optimizer's parameter groups have options of their own
  sgd.defaults().set_lr(0.1);
  // CHECK: :[[@LINE-1]]:3: warning: the optimizer's parameter groups have options of their own
}
