// RUN: cp %s %t.cpp
// RUN: %check torch-null-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// No fix inside a macro body.
// RUN: %check torch-null-module %t.cpp --fix %unsafe-fixes
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

#define MEMBER(TYPE, NAME) TYPE NAME{nullptr}
#define MAKE(NAME, ...) NAME = register_module(#NAME, __VA_ARGS__)
#define MAKE_IF(COND, NAME, ...)                                                                   \
  do {                                                                                             \
    if (COND)                                                                                      \
      NAME = register_module(#NAME, __VA_ARGS__);                                                  \
  } while (0)

// Assigned by a macro.
struct MacroImpl : nn::Module {
  MacroImpl() {
    MAKE(fc, nn::Linear(2, 2));
    MAKE(conv, nn::Conv2d(1, 1, 1));
  }
  Tensor forward(Tensor x) { return fc->forward(conv->forward(x)); }
  nn::Linear fc{nullptr};
  MEMBER(nn::Conv2d, conv);
};

// Assigned by a macro on one path only.
struct MacroIfImpl : nn::Module {
  explicit MacroIfImpl(bool on) { MAKE_IF(on, fc, nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is null on some constructor path and dereferenced without a guard
  // CHECK: :[[@LINE-3]]:37: note: dereferenced here
};

// The holder class that TORCH_MODULE makes.
TORCH_MODULE(Macro);
struct OuterImpl : nn::Module {
  explicit OuterImpl(bool on) {
    always = register_module("always", Macro());
    if (on)
      sometimes = register_module("sometimes", Macro());
  }
  Tensor forward(Tensor x) { return sometimes->forward(always->forward(x)); }
  Macro always{nullptr}, sometimes{nullptr};
  // CHECK: :[[@LINE-1]]:26: warning: 'sometimes' is null on some constructor path and dereferenced without a guard
};

// A class template that is instantiated: one finding, at the spelled member, for all instantiations.
template <typename Layer>
struct BlockImpl : nn::Module {
  explicit BlockImpl(bool on) {
    always = register_module("always", make());
    if (on)
      fc = register_module("fc", nn::Linear(2, 2));
  }
  static Layer make();
  Tensor forward(Tensor x) { return fc->forward(x); }
  Layer always{nullptr};
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is null on some constructor path and dereferenced without a guard
};
template struct BlockImpl<nn::Linear>;
template struct BlockImpl<nn::ReLU>;

// Instantiated, and right.
template <typename Layer, int N>
struct GoodImpl : nn::Module {
  GoodImpl() {
    fc = this->register_module("fc", Layer(N, N));
    if constexpr (N > 2)
      wide = register_module("wide", nn::Linear(N, N));
    else
      wide = register_module("wide", nn::Linear(2, N));
  }
  Tensor forward(Tensor x) { return wide->forward(fc->forward(x)); }
  Layer fc{nullptr};
  nn::Linear wide{nullptr};
};
template struct GoodImpl<nn::Linear, 2>;
template struct GoodImpl<nn::Linear, 4>;

// Never instantiated: what depends on the parameter is not resolved.
template <typename Layer, typename Base>
struct DependentImpl : Base {
  DependentImpl() { fc = this->register_module("fc", Layer(2, 2)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  Layer fc{nullptr};
  nn::Linear head{nullptr};
};
template <typename Layer>
struct NeverImpl : nn::Module {
  NeverImpl() {
    fc = register_module("fc", Layer(2, 2));
    setup(fc);
  }
  template <typename T> void setup(T &other) { head = register_module("head", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return head->forward(fc->forward(x)); }
  Layer fc{nullptr};
  nn::Linear head{nullptr};
};

// A constructor template.
struct ForwardingImpl : nn::Module {
  template <typename... Args> explicit ForwardingImpl(Args &&...args) {
    fc = register_module("fc", nn::Linear(std::forward<Args>(args)...));
  }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};
ForwardingImpl forwarding(2, 2);

// Several members to a line, one of them left null; a module nested in another class.
struct Outer {
  struct InnerImpl : nn::Module {
    explicit InnerImpl(bool on) {
      a = register_module("a", nn::Linear(2, 2)), c = register_module("c", nn::Linear(2, 2));
      if (on)
        b = register_module("b", nn::Linear(2, 2));
    }
    Tensor forward(Tensor x) { return a(b(c(x))); }
    nn::Linear a{nullptr}, b{nullptr}, c{nullptr};
    // CHECK: :[[@LINE-1]]:28: warning: 'b' is null on some constructor path and dereferenced without a guard
  };
};
