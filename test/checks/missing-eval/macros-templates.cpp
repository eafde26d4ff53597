// RUN: %check torch-missing-eval %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define RUN(net, x) net->forward(x)

// Dependent: nothing is known before it is instantiated.
template <typename Net> torch::Tensor never(torch::Tensor x) {
  Net net;
  torch::load(net, "net.pt");
  return net->forward(x);
}
template <typename Net> torch::Tensor always(torch::Tensor x) {
  Net net(0.5);
  torch::load(net, "net.pt");
  return RUN(net, x);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'the model' is loaded and run, but never put into eval(): its 'Dropout'
}
torch::Tensor f(torch::Tensor x) { return always<torch::nn::Dropout>(x); }
