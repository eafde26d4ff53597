// RUN: %check torch-unregistered-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// No fix inside a macro body.
// RUN: cp %s %t.cpp
// RUN: %check torch-unregistered-module %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

#define REGISTER(NAME) register_module(#NAME, NAME)
#define LAYER(TYPE, NAME, ...) TYPE NAME = register_module(#NAME, TYPE(__VA_ARGS__))
#define REGISTER_TWO(A, B)                                                                         \
  do {                                                                                             \
    register_module(#A, A);                                                                        \
    register_module(#B, B);                                                                        \
  } while (false)
#define BUILD(NAME) NAME = nn::Linear(2, 2)
// FIXED: {{^}}#define BUILD(NAME) NAME = nn::Linear(2, 2)

// A registration made by a macro counts.
struct MacroImpl : nn::Module {
  MacroImpl() : a(2, 2), b(2, 2), c(2, 2) {
    REGISTER(a);
    REGISTER_TWO(b, c);
    BUILD(e);
    REGISTER(e);
  }
  Tensor forward(Tensor x) { return e(d(c(b(a(x))))); }
  nn::Linear a, b, c;
  LAYER(nn::Linear, d, 2, 2);
  nn::Linear e{nullptr};
};

// Built by a macro and not registered: flagged at the declaration, not mended.
struct BuiltByMacroImpl : nn::Module {
  BuiltByMacroImpl() { BUILD(fc); }
  // FIXED: {{^}}  BuiltByMacroImpl() { BUILD(fc); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
};

// A class template: one finding for all its instantiations, at the spelled member.
template <typename Layer> struct BlockImpl : nn::Module {
  explicit BlockImpl(int64_t n) : layer(n, n) { fc = nn::Linear(n, n); }
  Tensor forward(Tensor x) { return fc(layer(x)); }
  Layer layer;
  // CHECK: :[[@LINE-1]]:9: warning: 'layer' is never registered
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
};
template struct BlockImpl<nn::Linear>;
template struct BlockImpl<nn::Embedding>;

// Instantiated, and right: this-> is needed where the base depends on the parameter.
template <typename Layer, typename Base = nn::Module> struct GoodImpl : Base {
  explicit GoodImpl(int64_t n) : layer(n, n) {
    this->register_module("layer", layer);
    head = this->template register_module<nn::LinearImpl>("head", nn::Linear(n, n));
  }
  Tensor forward(Tensor x) { return head(layer(x)); }
  Layer layer;
  nn::Linear head{nullptr};
};
template struct GoodImpl<nn::Linear>;

// A registration helper that is a template.
struct HelperImpl : nn::Module {
  template <typename... Layers> void addAll(Layers &...layers) {
    int n = 0;
    (register_module("l" + std::to_string(n++), layers), ...);
  }
  HelperImpl() : a(2, 2), b(1, 1, 1) { addAll(a, b); }
  Tensor forward(Tensor x) { return b(a(x)); }
  nn::Linear a;
  nn::Conv2d b;
};

// Never instantiated: what depends on the parameter is not resolved.
template <typename Layer, typename Base> struct NeverImpl : Base {
  NeverImpl() : layer(2, 2) { this->publish(layer); }
  Tensor forward(Tensor x) { return layer(x); }
  Layer layer;
};

// Several members to a line: only those that are not registered; a module nested in another class.
struct Outer {
  struct InnerImpl : nn::Module {
    InnerImpl() : a(2, 2), b(2, 2), c(2, 2) {
      // FIXED: {{^}}    InnerImpl() : a(2, 2), b(register_module("b", nn::Linear(2, 2))), c(2, 2) {
      register_module("a", a), register_module("c", c);
    }
    Tensor forward(Tensor x) { return c(b(a(x))); }
    nn::Linear a, b, c;
    // CHECK: :[[@LINE-1]]:19: warning: 'b' is never registered
  };
};
