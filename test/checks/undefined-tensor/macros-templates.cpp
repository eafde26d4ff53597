// RUN: cp %s %t.cpp
// RUN: %check torch-undefined-tensor %t.cpp --fix | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

#include <vector>

#define SIZED(NAME, N) std::vector<torch::Tensor> NAME(N)
#define ADD(x, y) (x) + (y)

torch::Tensor f(torch::Tensor x, int n) {
  SIZED(v, n);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: the first elements of 'v' stay undefined
  v.push_back(x);
  torch::Tensor y;
  x = ADD(x, y);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'operator+' throws: 'y' is still an undefined tensor here
  return torch::stack(v);
}

template <typename T> T never(T x) {
  T sum;
  sum += x;
  return sum;
}
template <typename T> T always(T x) {
  T sum;
  sum += x;
  // CHECK: :[[@LINE-1]]:3: warning: 'operator+=' throws: 'sum' is still an undefined tensor here
  return sum;
}
torch::Tensor g(torch::Tensor x) { return always(x) + always(1); }
