// RUN: cp %s %t.cpp
// RUN: %check torch-from-blob-lifetime %t.cpp --fix | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

#define SHOW(VALUES) torch::from_blob(VALUES.data(), {3})

torch::Tensor macro() {
  std::vector<float> values(3);
  return SHOW(values);
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'values'
}

template <typename T> torch::Tensor make(T first) {
  std::vector<T> values{first};
  auto x = torch::from_blob(values.data(), {1}) + 0;
  return x;
}
template <typename T> torch::Tensor never(T first) {
  std::vector<T> values{first};
  return torch::from_blob(values.data(), {1});
}

void run() { make(1.0f); }
