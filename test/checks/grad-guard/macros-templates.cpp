// RUN: %check torch-grad-guard %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <thread>

#define NO_GRAD torch::NoGradGuard()
#define RUN(net, x) net->forward(x)

void macros(torch::nn::Linear net, torch::Tensor x) {
  NO_GRAD;
  // CHECK: :[[@LINE-1]]:3: warning: this 'NoGradGuard' is a temporary
  torch::NoGradGuard no_grad;
  std::thread worker([&] { RUN(net, x); });
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this records gradients
  worker.join();
}

// Dependent: nothing is known before it is instantiated.
template <typename Guard> void never() { Guard(); }
template <typename Guard> void always() {
  Guard();
  // CHECK: :[[@LINE-1]]:3: warning: this 'NoGradGuard' is a temporary
}
template <typename Net> void inThread(Net net, torch::Tensor x) {
  torch::NoGradGuard no_grad;
  std::thread worker([=]() mutable { net(x); });
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'net(x)' records gradients
  worker.join();
}
void instantiate(torch::nn::Linear net, torch::Tensor x) {
  always<torch::NoGradGuard>();
  inThread(net, x);
}
