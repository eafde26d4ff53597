// RUN: %check torch-graph-cycle %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define BACKWARD(y) y.backward({}, true, true)

void macros(torch::Tensor x) {
  BACKWARD((x * x));
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: with 'create_graph'
}

// Dependent: nothing is known before it is instantiated.
template <typename T> void never(T x) { (x * x).backward({}, true, true); }
template <typename T, bool Create> void always(T x) {
  (x * x).backward({}, true, Create);
  // CHECK: :[[@LINE-1]]:3: warning: with 'create_graph'
}
void f(torch::Tensor x) {
  always<torch::Tensor, true>(x);
  always<torch::Tensor, false>(x);
}
