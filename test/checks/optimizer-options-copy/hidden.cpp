// REQUIRES: torch-1
// Groups that hide the optimizer's options.
// RUN: %check torch-optimizer-options-copy %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <memory>
#include <vector>

using namespace torch::optim;

void groups(torch::nn::Linear net) {
  std::vector<OptimizerParamGroup> groups;
  groups.emplace_back(net->parameters(), std::make_unique<AdamOptions>(AdamOptions().weight_decay(0.1)));
  // CHECK: :[[@LINE-1]]:42: warning: these options do not set 'lr', so that the group has its default in place of the optimizer's
  // CHECK: :[[@LINE+1]]:21: note: the optimizer's options set 'lr' here
  Adam adam(groups, AdamOptions(0.0));
  SGD sgd({OptimizerParamGroup(net->parameters(), std::make_unique<SGDOptions>(0.1))},
          // CHECK: :[[@LINE-1]]:51: warning: these options do not set 'momentum'
          SGDOptions(0.1).momentum(0.9));
}
