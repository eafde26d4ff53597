// RUN: %check torch-hook-removed-in-hook %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

void itself(Tensor w) {
  unsigned handle = 0;
  handle = w.register_hook([&](Tensor) { w.remove_hook(handle); });
  // CHECK: :[[@LINE-1]]:44: warning: hook removes a hook of its own tensor while it runs; its closure and captures are destroyed under it [torch-hook-removed-in-hook]
}

void copy_of_the_tensor(Tensor w, unsigned &handle) {
  auto same = w;
  handle = w.register_hook([same, w, &handle](Tensor) { w.remove_hook(handle); });
  // CHECK: :[[@LINE-1]]:59: warning: hook removes a hook of its own tensor while it runs; its closure and captures are destroyed under it [torch-hook-removed-in-hook]
}

struct Once {
  Tensor w;
  unsigned handle;
  std::vector<unsigned> all;
  void watch() {
    handle = w.register_hook([this](Tensor g) {
      if (g.numel() > 1)
        w.remove_hook(handle);
        // CHECK: :[[@LINE-1]]:11: warning: hook removes a hook of its own tensor while it runs; its closure and captures are destroyed under it [torch-hook-removed-in-hook]
    });
    // A neighbour on the same tensor.
    all.push_back(w.register_hook([this](Tensor) {
      for (unsigned h : all)
        w.remove_hook(h);
        // CHECK: :[[@LINE-1]]:11: warning: hook removes a hook of its own tensor while it runs; its closure and captures are destroyed under it [torch-hook-removed-in-hook]
    }));
  }
};

// By its handle, through another name of the tensor.
void by_handle(torch::nn::Linear net) {
  auto w = net->weight;
  unsigned handle = 0;
  handle = w.register_hook([&handle, net](Tensor) { net->weight.remove_hook(handle); });
  // CHECK: :[[@LINE-1]]:65: warning: hook removes a hook of its own tensor while it runs; its closure and captures are destroyed under it [torch-hook-removed-in-hook]
}

at::CallbackHandle callback;
std::unique_ptr<at::ObserverContext> once(const at::RecordFunction &) {
  at::removeCallback(callback);
  // CHECK: :[[@LINE-1]]:3: warning: callback removes callbacks while it runs; the list is changed under the operator that goes through it [torch-hook-removed-in-hook]
  return nullptr;
}
void all(const at::RecordFunction &, at::ObserverContext *) { at::clearThreadLocalCallbacks(); }
// CHECK: :[[@LINE-1]]:63: warning: callback removes callbacks while it runs; the list is changed under the operator that goes through it [torch-hook-removed-in-hook]
void record() { callback = at::addGlobalCallback(at::RecordFunctionCallback(once, all)); }

void clear(Tensor w) {
  w.register_hook([w](Tensor) { torch::autograd::impl::clear_hooks(w); });
  // CHECK: :[[@LINE-1]]:33: warning: hook removes a hook of its own tensor while it runs; its closure and captures are destroyed under it [torch-hook-removed-in-hook]
}

// A named function.
Tensor g_weight;
unsigned g_handle;
void remove_global(Tensor) { g_weight.remove_hook(g_handle); }
// CHECK: :[[@LINE-1]]:39: warning: hook removes a hook of its own tensor while it runs; its closure and captures are destroyed under it [torch-hook-removed-in-hook]
void named() { g_handle = g_weight.register_hook(remove_global); }
