// REQUIRES: torch-2
// RUN: %check torch-from-blob-lifetime,torch-from-blob-dtype,torch-dangling-tensor-memory %s -- -std=c++20 | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>
#include <span>
#include <vector>

using torch::Tensor;

// The memory under a span: its owner's.
Tensor local() {
  std::vector<float> values(3);
  std::span<float> shown(values);
  return torch::from_blob(shown.data(), {3});
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'values'
}
void dtype(std::span<double> values) {
  auto x = torch::from_blob(values.data(), {2});
  // CHECK: :[[@LINE-1]]:29: warning: 'values' holds 'double', from_blob takes by default a dtype that is floating of 4 bytes
  std::cout << x.sum();
}
void dangling(Tensor x) {
  std::span<float> values(x.exp().data_ptr<float>(), 3);
  // CHECK: :[[@LINE-1]]:27: warning: what 'data_ptr' gives leads into a temporary tensor
  std::cout << values[0];
}

// Look-alikes: a span that a caller gives shows memory that lives on; a clone; the dtype that fits; a tensor with a name.
Tensor given(std::span<float> values) { return torch::from_blob(values.data(), {3}); }
Tensor cloned() {
  std::vector<float> values(3);
  std::span<float> shown(values);
  return torch::from_blob(shown.data(), {3}).clone();
}
Tensor doubles(std::span<double> values) { return torch::from_blob(values.data(), {2}, torch::kDouble); }
void named(Tensor x) {
  auto y = x.exp();
  std::span<float> values(y.data_ptr<float>(), 3);
  std::cout << values[0];
}
