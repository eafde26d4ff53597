// No fix: what reset() is to make is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-clone-unsupported %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

struct PlainImpl : torch::nn::Module {};
void f(std::shared_ptr<PlainImpl> net) { net->clone(); }
// CHECK: warning: 'PlainImpl' has no clone()
