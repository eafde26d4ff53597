// Functions of the project that install hooks, by plain and by qualified name.
// RUN: %check torch-unstored-hook-handle %s --config='{CheckOptions: {torch-unstored-hook-handle.HookFunctions: "watch;lab::observe"}}' | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <functional>
using torch::Tensor;

int watch(torch::nn::Module &module, std::function<void(Tensor)> hook);
namespace lab {
int observe(Tensor tensor, std::function<void(Tensor)> hook);
}
namespace other {
int observe(Tensor tensor, std::function<void(Tensor)> hook);
}

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  void setup() {
    watch(*this, [](Tensor) {});
    // CHECK: :[[@LINE-1]]:5: warning: handle of the hook on '*this' is discarded; the hook runs at every call for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
    lab::observe(fc->weight, [](Tensor) {});
    // CHECK: :[[@LINE-1]]:5: warning: handle of the hook on 'fc->weight' is discarded; the hook runs at every call for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
    other::observe(fc->weight, [](Tensor) {}); // another function of that name
    int kept = watch(*this, [](Tensor) {});
    stored = kept;
  }
  int stored;
};
