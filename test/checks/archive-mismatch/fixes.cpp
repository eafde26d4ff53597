// No fix: what the archive was to hold is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-archive-mismatch %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <sstream>
#include <torch/torch.h>

void f(torch::Tensor x) {
  std::stringstream stream;
  torch::save(x, stream);
  torch::save(x, stream);
  // CHECK: warning: 'stream' has an archive already
}
