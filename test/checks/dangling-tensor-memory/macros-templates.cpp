// RUN: cp %s %t.cpp
// RUN: %check torch-dangling-tensor-memory %t.cpp --fix --unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

#define HOST(T) T.cpu().data_ptr<float>()

float macro(torch::Tensor x) {
  float *values = HOST(x);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: what 'data_ptr' gives leads into a temporary tensor
  return values[0];
}
template <typename T> T first(torch::Tensor x) {
  if (x.dim() == 0)
    return T();
  T *values;
  values = x.exp().data_ptr<T>();
  // CHECK: :[[@LINE-1]]:12: warning: what 'data_ptr' gives leads into a temporary tensor
  return values[0];
}
template <typename T> T never(torch::Tensor x) {
  T *values = x.exp().data_ptr<T>();
  return values[0];
}
float run(torch::Tensor x) { return first<float>(x); }
