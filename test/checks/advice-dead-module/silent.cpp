// RUN: %check torch-advice-dead-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Look-alike: assigned on some path, by a method, from outside.
struct AssignedImpl : nn::Module {
  explicit AssignedImpl(bool on) {
    if (on)
      a = register_module("a", nn::Linear(2, 2));
  }
  void setup() { b = register_module("b", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return x; }
  nn::Linear a{nullptr}, b{nullptr}, c{nullptr};
};
void fill(AssignedImpl &net) { net.c = nn::Linear(2, 2); }

// Look-alike: read, here or elsewhere; a use without a test is torch-null-module's.
struct ReadImpl : nn::Module {
  ReadImpl() {}
  Tensor forward(Tensor x) { return a ? a->forward(x) : x; }
  nn::Linear a{nullptr}, b{nullptr};
};
bool has(const ReadImpl &net) { return !net.b.is_empty(); }

// Look-alike: the constructor is in another file.
struct ElsewhereImpl : nn::Module {
  ElsewhereImpl();
  Tensor forward(Tensor x) { return x; }
  nn::Linear a{nullptr};
};
