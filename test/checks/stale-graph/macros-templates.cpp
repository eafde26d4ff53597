// RUN: %check torch-stale-graph %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define RUN(net, x) (net)->forward(x)

void macros(torch::nn::Linear net, torch::Tensor x) {
  auto out = RUN(net, x);
  out.sum().backward();
  out.mean().backward();
  // CHECK: :[[@LINE-1]]:14: warning: this goes back through
}

// Dependent: nothing is known before it is instantiated.
template <typename Net> void never(Net net, torch::Tensor x) {
  auto y = net(x);
  y.sum().backward();
  y.mean().backward();
}
template <typename Net> void always(Net net, torch::Tensor x) {
  auto y = net(x);
  y.sum().backward();
  y.mean().backward();
  // CHECK: :[[@LINE-1]]:12: warning: this goes back through 'net(x)'
}
void f(torch::nn::Linear net, torch::nn::ReLU relu, torch::Tensor x) {
  always(net, x);
  always(relu, x);
}

// Lambdas are functions of their own, which are not looked into.
void lambdas(torch::nn::Linear net, torch::Tensor x) {
  auto out = net(x);
  auto back = [&] { out.sum().backward(); };
  back();
  back();
}
