// RUN: cp %s %t.cpp
// RUN: %check torch-from-blob-dtype %t.cpp --fix --unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-from-blob-dtype %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

#include <vector>

void f(std::vector<double> &d, std::vector<int64_t> &l) {
  torch::from_blob(d.data(), {2});
  // CHECK: {{^}}  torch::from_blob(d.data(), {2}, torch::kDouble);
  torch::from_blob(d.data(), {2}, torch::kFloat);
  // CHECK: {{^}}  torch::from_blob(d.data(), {2}, torch::kDouble);
  torch::from_blob(l.data(), {2}, at::kInt);
  // CHECK: {{^}}  torch::from_blob(l.data(), {2}, torch::kLong);
}
