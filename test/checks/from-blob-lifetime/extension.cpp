// In an extension of PyTorch, as in any other file.
// REQUIRES: python-headers
// RUN: %check torch-from-blob-lifetime,torch-discarded-result %s -- -isystem %headers-of-python -DTORCH_EXTENSION_NAME=ops | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/extension.h>

torch::Tensor weights(int64_t n) {
  std::vector<float> values(n, 0.5F);
  return torch::from_blob(values.data(), {n});
  // CHECK: :[[@LINE-1]]:10: warning: the tensor that is returned refers to the memory of the local 'values'
}
torch::Tensor copied(int64_t n) {
  std::vector<float> values(n, 0.5F);
  return torch::from_blob(values.data(), {n}).clone();
}
torch::Tensor moved(torch::Tensor x) {
  x.to(torch::kHalf);
  // CHECK: :[[@LINE-1]]:3: warning: 'to' leaves 'x' as it is
  return x;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("weights", &weights);
  m.def("copied", &copied);
  m.def("moved", [](torch::Tensor x) { return moved(x); });
}
