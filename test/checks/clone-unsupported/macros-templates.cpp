// RUN: %check torch-clone-unsupported %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define COPY(net) (net)->clone()

struct PlainImpl : torch::nn::Module {};
TORCH_MODULE(Plain);
void macros(Plain net) {
  auto copy = COPY(net);
  // CHECK: :[[@LINE-1]]:15: warning: 'PlainImpl' has no clone()
}

template <typename Net> auto copied(Net net) {
  return net->clone();
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'PlainImpl' has no clone()
}
// Dependent: nothing is known before it is instantiated.
template <typename Net> auto never(Net net) { return net->clone(); }
void instantiated(Plain net) { copied(net); }
