// Code with errors, each piece of which once made a check crash; found by tools/fuzz-lint.py.
// RUN: %check --errors 'torch-*' %s -- -include-pch %preamble > %t 2>&1
// RUN: FileCheck %s --input-file=%t --implicit-check-not='{{crashed|ended with|Assertion|runtime error}}'
#include <torch/torch.h>

// The initialisers of a class with a wrong member have no type.
struct WrongMemberImpl : torch::nn::Module {
  explicit WrongMemberImpl(int64_t n) : norm(n) {}
  torch::nn::BatchNorm1d norm;
  auto size = 1;
  // CHECK: :[[@LINE-1]]:3: error: 'auto' not allowed in non-static
};
