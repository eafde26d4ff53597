// RUN: %check torch-module-copy %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

#define COPY(name, net) auto name = *(net)
#define REGISTER(name, ...) name = register_module(#name, __VA_ARGS__)

struct NetImpl : nn::Module {
  NetImpl() { REGISTER(fc, nn::Linear(1, 1)); }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Net);
void macros(Net net) {
  COPY(copy, net);
  // CHECK: :[[@LINE-1]]:3: warning: this copy of a 'NetImpl'
  copy.eval();
}

template <typename Impl> void copied(const std::shared_ptr<Impl> &net) {
  Impl copy(*net);
  // CHECK: :[[@LINE-1]]:13: warning: this copy of a 'NetImpl'
  copy.eval();
}
template <typename Impl> void never(const std::shared_ptr<Impl> &net) {
  Impl copy(*net);
  copy.eval();
}
void instantiated(Net net) { copied(net.ptr()); }
// The same template on what shares nothing.
void functional() { copied(std::make_shared<nn::ReLUImpl>()); }
