// No fix: whether the copy was to be a clone or the same module is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-module-copy %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void f(torch::nn::Linear layer) {
  torch::nn::LinearImpl copy = *layer;
  // CHECK: warning: this copy of a 'LinearImpl'
  copy.reset_parameters();
}
