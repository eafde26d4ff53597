// RUN: cp %s %t.cpp
// RUN: %check torch-from-blob-lifetime %t.cpp --fix
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-from-blob-lifetime %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

using torch::Tensor;
void use(Tensor);

Tensor chain() {
  std::vector<float> values(3);
  return torch::from_blob(values.data(), {3}).view({1, 3})[0];
  // CHECK: {{^}}  return torch::from_blob(values.data(), {3}).view({1, 3})[0].clone();
}
// The memory is filled after the tensor is made: cloned where it leaves.
Tensor filledLater() {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  // CHECK: {{^}}  auto x = torch::from_blob(values.data(), {3});
  values[0] = 1;
  return x;
  // CHECK: {{^}}  return x.clone();
}
std::pair<Tensor, int> grouped() {
  std::vector<float> values(3);
  auto x = torch::from_blob(values.data(), {3});
  return {x, 1};
  // CHECK: {{^}}  return {x.clone(), 1};
}
struct Keeper {
  std::vector<Tensor> all;
  void keep() {
    std::vector<float> values(3);
    all.push_back(torch::from_blob(values.data(), {3}));
    // CHECK: {{^}}    all.push_back(torch::from_blob(values.data(), {3}).clone());
  }
};
void freed() {
  auto *values = new float[3];
  auto x = torch::from_blob(values, {3}).unsqueeze(0);
  // CHECK: {{^}}  auto x = torch::from_blob(values, {3}).unsqueeze(0).clone();
  delete[] values;
  use(x);
}
struct Memory {
  Tensor hidden = torch::from_blob(std::vector<float>(10).data(), {10});
  // CHECK: {{^}}  Tensor hidden = torch::from_blob(std::vector<float>(10).data(), {10}).clone();
};
