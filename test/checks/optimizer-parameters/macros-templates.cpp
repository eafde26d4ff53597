// RUN: %check torch-optimizer-parameters %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define OWN(net) net->parameters(false)

void macros(torch::nn::Sequential net) {
  torch::optim::SGD optimizer(OWN(net), 0.1);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: without recursion
}

// Dependent: nothing is known before it is instantiated.
template <typename Net> void never(Net net) { torch::optim::SGD optimizer(net->parameters(false), 0.1); }
template <typename Net> void always(Net net) {
  torch::optim::SGD optimizer(net->parameters(false), 0.1);
  // CHECK: :[[@LINE-1]]:31: warning: without recursion this lists the parameters of 'net' alone
}
template <typename Optimizer> void made(torch::nn::Sequential net) {
  Optimizer optimizer(net->parameters(false), 0.1);
  // CHECK: :[[@LINE-1]]:23: warning: without recursion
}
void instantiate(torch::nn::Sequential net, torch::nn::Linear leaf) {
  always(net);
  always(leaf);
  made<torch::optim::Adam>(net);
}
