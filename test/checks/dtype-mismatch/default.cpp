// Where the default is changed, float is no default.
// RUN: %check torch-dtype-mismatch %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

void use(const void *);

void f() {
  torch::set_default_dtype(caffe2::TypeMeta::Make<double>());
  use(torch::zeros({2}).data_ptr<double>());
  use(torch::tensor({1.0}).data_ptr<double>());
  use(torch::arange(3).data_ptr<double>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'torch::arange(3)' is kLong
}
