// RUN: cp %s %t.cpp
// RUN: %check torch-advice-module-api-shadow %t.cpp --fix | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

#define MEMBER(T, N) T N
#define FORWARD foward
struct MacroImpl : nn::Module {
  MEMBER(int, modules);
  // CHECK: :[[@LINE-1]]:15: warning: member 'modules' hides 'torch::nn::Module::modules()'
  torch::Tensor FORWARD(torch::Tensor x);
  // CHECK: :[[@LINE-1]]:17: warning: 'foward' looks like a misspelt 'forward'
};
template <int N> struct BlockImpl : nn::Module {
  int children[N];
  // CHECK: :[[@LINE-1]]:7: warning: member 'children' hides
  torch::Tensor forward(torch::Tensor x) { return x; }
};
BlockImpl<2> two;
template <int N> struct NeverImpl : nn::Module {
  int children[N];
};
