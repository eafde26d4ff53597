// RUN: cp %s %t.cpp
// RUN: %check torch-dtype-mismatch %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-dtype-mismatch %t.cpp --fix | FileCheck %s --check-prefix=LEFT
#include <torch/torch.h>

#define INDEX index

void f(torch::Tensor x) {
  auto index = torch::zeros({2});
  x.gather(0, index);
  // CHECK: {{^}}  x.gather(0, index.to(torch::kLong));
  x.index_select(0, index.view({-1}));
  // CHECK: {{^}}  x.index_select(0, index.view({-1}).to(torch::kLong));
  x.gather(0, index + 1);
  // CHECK: {{^}}  x.gather(0, index + 1);
  x.gather(0, INDEX);
  // CHECK: {{^}}  x.gather(0, INDEX);
  index.data_ptr<int>();
  // CHECK: {{^}}  index.data_ptr<int>();
}
// LEFT: warning: 'index + 1' is kFloat
// LEFT: warning: this tensor is kFloat
// LEFT: warning: 'index' is kFloat: 'data_ptr<int>()' throws
