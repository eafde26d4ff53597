// RUN: %check torch-unstored-hook-handle %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

#define HALVE(T) (T).register_hook([](Tensor g) { return g * 0.5; })

struct NetImpl : torch::nn::Module {
  Tensor w;
  NetImpl() { w = register_parameter("w", torch::ones({1})); }
  void hooks() {
    HALVE(w);
    // CHECK: :[[@LINE-1]]:5: warning: handle of the hook on its target is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
    auto kept = HALVE(w);
    w.remove_hook(kept);
  }
};

// The template itself is not resolved; its instantiation is.
template <typename M>
void halve(M net) {
  net->w.register_hook([](Tensor g) { return g * 0.5; });
  // CHECK: :[[@LINE-1]]:10: warning: handle of the hook on 'net->w' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
}
template <typename M>
void never_instantiated(M net) {
  net->w.register_hook([](Tensor g) { return g * 0.5; });
}
// Nothing in it depends on the parameter.
template <typename T>
struct LayerImpl : torch::nn::Module {
  Tensor w;
  void setup() {
    w.register_hook([](Tensor g) { return g * 0.5; });
    // CHECK: :[[@LINE-1]]:7: warning: handle of the hook on 'w' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
  }
};

void use(std::shared_ptr<NetImpl> net) {
  halve(net);
  LayerImpl<int>().setup();
}
