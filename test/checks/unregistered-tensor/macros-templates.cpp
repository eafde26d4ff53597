// RUN: %check torch-unregistered-tensor %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// No fix inside a macro body.
// RUN: cp %s %t.cpp
// RUN: %check torch-unregistered-tensor %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

#define BUFFER(NAME, ...) NAME = register_buffer(#NAME, __VA_ARGS__)
#define REGISTER(NAME) register_buffer(#NAME, NAME)
#define PARAM(NAME, ...) Tensor NAME = register_parameter(#NAME, __VA_ARGS__)
#define FILL(NAME) NAME = torch::ones({2})
// FIXED: {{^}}#define FILL(NAME) NAME = torch::ones({2})

// A registration made by a macro counts.
struct MacroImpl : nn::Module {
  MacroImpl() : b(torch::ones({2})) {
    BUFFER(a, torch::ones({2}));
    REGISTER(b);
    FILL(d);
    REGISTER(d);
  }
  Tensor forward(Tensor x) { return x + a + b + c + d; }
  Tensor a, b;
  PARAM(c, torch::randn({2}));
  Tensor d;
};

// Given its value by a macro: flagged at the declaration, not mended.
struct FilledImpl : nn::Module {
  FilledImpl() { FILL(table); }
  // FIXED: {{^}}  FilledImpl() { FILL(table); }
  Tensor forward(Tensor x) { return x + table; }
  Tensor table;
  // CHECK: :[[@LINE-1]]:10: warning: 'table' is used in forward and never registered as a buffer
};

// A class template: one finding for all its instantiations.
template <typename Layer, int N> struct BlockImpl : nn::Module {
  BlockImpl() : layer(register_module("layer", Layer(N, N))) { scale = torch::ones({N}); }
  Tensor forward(Tensor x) { return layer(x) * scale; }
  Layer layer;
  Tensor scale;
  // CHECK: :[[@LINE-1]]:10: warning: 'scale' is used in forward and never registered as a buffer
};
template struct BlockImpl<nn::Linear, 2>;
template struct BlockImpl<nn::Linear, 3>;

// Instantiated, and right.
template <typename Base> struct GoodImpl : Base {
  GoodImpl() { scale = this->register_buffer("scale", torch::ones({2})); }
  Tensor forward(Tensor x) { return x * scale; }
  Tensor scale;
};
template struct GoodImpl<nn::Module>;

// Never instantiated: what depends on the parameter is not resolved.
template <typename Base> struct NeverImpl : Base {
  NeverImpl() : scale(torch::ones({2})) { this->keep(scale); }
  Tensor forward(Tensor x) { return x * scale; }
  Tensor scale;
};

// Several members to a line: only the one that is not registered; a module nested in another class.
struct Outer {
  struct InnerImpl : nn::Module {
    InnerImpl() : a(torch::ones({2})), b(torch::ones({2})), c(torch::ones({2})) {
      register_buffer("a", a), register_buffer("c", c);
    }
    Tensor forward(Tensor x) { return x + a + b + c; }
    Tensor a, b, c;
    // CHECK: :[[@LINE-1]]:15: warning: 'b' is used in forward and never registered as a buffer
  };
};
