// RUN: %check torch-hook-removed-in-hook %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

#define DONE(W, H) (W).remove_hook(H)

void in_macro(Tensor w) {
  unsigned handle = 0;
  handle = w.register_hook([&](Tensor) { DONE(w, handle); });
  // CHECK: :[[@LINE-1]]:42: warning: hook removes a hook of its own tensor while it runs; its closure and captures are destroyed under it [torch-hook-removed-in-hook]
}

template <typename Handle>
void once(Tensor w, Handle &handle) {
  handle = w.register_hook([&](Tensor) { w.remove_hook(handle); });
  // CHECK: :[[@LINE-1]]:44: warning: hook removes a hook of its own tensor while it runs; its closure and captures are destroyed under it [torch-hook-removed-in-hook]
}
template <typename T>
void never_instantiated(T w, unsigned &handle) {
  handle = w.register_hook([&](Tensor) { w.remove_hook(handle); });
}
void use(Tensor w, unsigned &handle) { once(w, handle); }

void generic(Tensor w, unsigned &handle) {
  handle = w.register_hook([&](auto) { w.remove_hook(handle); });
  // CHECK: :[[@LINE-1]]:42: warning: hook removes a hook of its own tensor while it runs; its closure and captures are destroyed under it [torch-hook-removed-in-hook]
}
