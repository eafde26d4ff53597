// RUN: cp %s %t.cpp
// RUN: %check torch-dangling-tensor-memory %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-dangling-tensor-memory %t.cpp --fix --unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-dangling-tensor-memory %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

float first(torch::Tensor x) {
  float *values = x.cpu().contiguous().data_ptr<float>();
  // CHECK: {{^}}  auto values_tensor = x.cpu().contiguous(); float *values = values_tensor.data_ptr<float>();
  auto sizes = (x + 1).sizes();
  // CHECK: {{^}}  auto sizes_tensor = x + 1; auto sizes = (sizes_tensor).sizes();
  return values[0] + sizes[0];
}
