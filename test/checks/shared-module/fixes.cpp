// No fix: whether to lock, to return or to copy is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-shared-module %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <thread>
#include <torch/torch.h>

struct NetImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return last = x; }
  torch::Tensor last;
};
void f(NetImpl &net, torch::Tensor x) {
  std::thread first([&] { net.forward(x); }), second([&] { net.forward(x); });
  // CHECK: warning: several threads run 'net' at once
  first.join();
  second.join();
}
