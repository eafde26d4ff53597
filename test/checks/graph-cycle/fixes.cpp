// No fix: what takes the gradients is for the reader to say.
// RUN: cp %s %t.cpp
// RUN: %check torch-graph-cycle %t.cpp --fix %unsafe-fixes | FileCheck %s
// RUN: diff %s %t.cpp
#include <torch/torch.h>

void f(torch::Tensor x) { (x * x).backward({}, true, true); }
// CHECK: warning: with 'create_graph'
