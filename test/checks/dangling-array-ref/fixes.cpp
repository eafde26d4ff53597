// RUN: cp %s %t.cpp
// RUN: %check torch-dangling-array-ref %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-dangling-array-ref %t.cpp --fix --unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-dangling-array-ref %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

torch::Tensor variable(int64_t n) {
  torch::IntArrayRef sizes = {n, 2};
  // CHECK: {{^}}  std::vector<int64_t> sizes = {n, 2};
  return torch::zeros(sizes);
}
struct Shape {
  explicit Shape(torch::IntArrayRef list) : dims(list) {}
  // CHECK: {{^}}  explicit Shape(torch::IntArrayRef list) : dims(list.vec()) {}
  torch::IntArrayRef dims;
  // CHECK: {{^}}  std::vector<int64_t> dims;
};
int64_t first(int64_t n) {
  Shape shape({n, 2});
  return shape.dims[0];
}
torch::Tensor tensors(torch::Tensor x) {
  torch::TensorList list{x, x};
  // CHECK: {{^}}  std::vector<torch::Tensor> list{x, x};
  return torch::cat(list);
}
