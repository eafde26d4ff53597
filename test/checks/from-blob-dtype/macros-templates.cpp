// RUN: %check torch-from-blob-dtype %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <vector>

#define BLOB(v) torch::from_blob((v).data(), {2})

void macros(std::vector<double> &d) {
  BLOB(d);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'd' holds 'double'
}

template <typename T> torch::Tensor never(std::vector<T> &v) { return torch::from_blob(v.data(), {2}); }
template <typename T> torch::Tensor always(std::vector<T> &v) {
  return torch::from_blob(v.data(), {2});
  // CHECK: :[[@LINE-1]]:27: warning: 'v' holds 'double'
}
template <typename T> torch::Tensor right(std::vector<T> &v) {
  return torch::from_blob(v.data(), {2}, torch::CppTypeToScalarType<T>::value);
}
void use(std::vector<double> &d, std::vector<float> &f) {
  always(d);
  always(f);
  right(d);
}
