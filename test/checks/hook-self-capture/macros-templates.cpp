// RUN: %check torch-hook-self-capture %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

#define SCALE_BY_SELF(T) (T).register_hook([T](Tensor g) { return g * T; })

void in_macro(Tensor x) {
  auto h = torch::relu(x);
  SCALE_BY_SELF(h);
  // CHECK: :[[@LINE-1]]:17: warning: hook on the tensor captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
}

template <typename M>
void freeze(M net) {
  for (auto &p : net->parameters())
    p.register_hook([net](Tensor g) { return g * 0; });
    // CHECK: :[[@LINE-1]]:22: warning: hook on 'p' captures by value the module that owns it; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
}
template <typename M>
void never_instantiated(M net) {
  for (auto &p : net->parameters())
    p.register_hook([net](Tensor g) { return g * 0; });
}
void use(torch::nn::Linear net) { freeze(net); }

void generic(Tensor x) {
  auto h = torch::relu(x);
  h.register_hook([h](auto g) { return g * h; });
  // CHECK: :[[@LINE-1]]:20: warning: hook on 'h' captures by value the tensor itself; the two keep each other alive, the memory is never freed [torch-hook-self-capture]
}
