// RUN: %check torch-unscoped-hook %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

#define HOOK(T) (T).register_hook([](Tensor g) { return g * 0.5; })
#define UNHOOK(T, H) (T).remove_hook(H)

void in_macro(torch::nn::Linear net, Tensor x) {
  auto h = HOOK(net->weight);
  // CHECK: :[[@LINE-1]]:12: warning: hook on its target is removed by hand; it stays installed when a call in between throws [torch-unscoped-hook]
  net(x).sum().backward();
  UNHOOK(net->weight, h);
}

// TORCH_CHECK throws.
void checked(torch::nn::Linear net, Tensor x) {
  auto h = net->weight.register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:24: warning: hook on 'net->weight' is removed by hand; it stays installed when a call in between throws [torch-unscoped-hook]
  TORCH_CHECK(x.defined(), "no input");
  net->weight.remove_hook(h);
}

template <typename M>
void step(M net, Tensor x) {
  auto h = net->weight.register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:24: warning: hook on 'net->weight' is removed by hand; it stays installed when a call in between throws [torch-unscoped-hook]
  net(x).sum().backward();
  net->weight.remove_hook(h);
}
template <typename M>
void never_instantiated(M net, Tensor x) {
  auto h = net->weight.register_hook([](Tensor g) { return g; });
  net(x).sum().backward();
  net->weight.remove_hook(h);
}
void use(torch::nn::Linear net, Tensor x) { step(net, x); }
