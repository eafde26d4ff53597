// RUN: cp %s %t.cpp
// RUN: %check torch-inplace-on-parameter %t.cpp --fix | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

#define SCALE(T, F) T.mul_(F)
#define GUARDED(STATEMENT)                                                                         \
  {                                                                                                \
    torch::NoGradGuard guard;                                                                      \
    STATEMENT;                                                                                     \
  }

template <typename Layer> void clip(Layer &l) {
  for (auto &p : l->parameters()) {
    auto &same = p.clamp_(-1, 1);
    // CHECK: :[[@LINE-1]]:18: warning: 'clamp_' changes parameter 'p' in place
  }
}
template <typename Layer> void never(Layer &l) { l->weight.mul_(2); }

int main() {
  nn::Linear l(2, 2);
  SCALE(l->weight, 2);
  // CHECK: :[[@LINE-1]]:9: warning: 'mul_' changes parameter 'parameter' in place
  GUARDED(l->weight.mul_(2))
  clip(l);
}
