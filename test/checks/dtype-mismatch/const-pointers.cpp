// What LibTorch has since 2.0.
// REQUIRES: torch-2
// RUN: %check torch-dtype-mismatch %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

void use(const void *);

void pointers(torch::Tensor scores) {
  auto sorted = scores.sort(0);
  use(std::get<1>(sorted).const_data_ptr<int32_t>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'std::get<1>(sorted)' is kLong: 'const_data_ptr<int32_t>()' throws
  use(std::get<1>(sorted).const_data_ptr<int64_t>());
  auto wanted = torch::empty({3}, torch::kFloat64);
  use(wanted.mutable_data_ptr<float>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'wanted' is kDouble:
}
