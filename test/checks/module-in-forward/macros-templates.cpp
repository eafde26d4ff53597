// RUN: %check torch-module-in-forward %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// No fix inside a macro body.
// RUN: cp %s %t.cpp
// RUN: %check torch-module-in-forward %t.cpp --fix %unsafe-fixes
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

#define LAYER(NAME, ...) nn::Linear NAME(__VA_ARGS__)
#define REGISTER(NAME, ...) NAME = register_module(#NAME, __VA_ARGS__)

// Made by a macro: flagged in forward, silent in the constructor.
struct MacroImpl : nn::Module {
  MacroImpl() { REGISTER(fc, nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    LAYER(local, 2, 2);
    // CHECK: :[[@LINE-1]]:11: warning: module 'Linear' is constructed in forward
    REGISTER(fc, local);
    // CHECK: :[[@LINE-1]]:5: warning: 'register_module' in forward: the second call throws
    return fc(x);
  }
  nn::Linear fc{nullptr};
};

// A class template: one finding for all its instantiations, at the spelled code.
template <int N> struct BlockImpl : nn::Module {
  Tensor forward(Tensor x) {
    nn::Linear fc(N, N);
    // CHECK: :[[@LINE-1]]:16: warning: module 'Linear' is constructed in forward
    return fc(x);
  }
};
template struct BlockImpl<2>;
template struct BlockImpl<3>;

// The layer is the parameter.
template <typename Layer> struct LayerImpl : nn::Module {
  Tensor forward(Tensor x) {
    auto layer = Layer(2, 2);
    // CHECK: :[[@LINE-1]]:18: warning: module '{{Linear|Embedding|Layer}}' is constructed in forward
    return layer(x);
  }
};
template struct LayerImpl<nn::Linear>;

// A forward template, instantiated.
struct ForwardImpl : nn::Module {
  template <typename T> Tensor forward(T x) { return nn::Linear(2, 2)(x); }
  // CHECK: :[[@LINE-1]]:54: warning: module 'Linear' is constructed in forward
};
Tensor use(ForwardImpl &net, Tensor x) { return net.forward(x); }

// Instantiated, and right: what is made is a tensor, a number, a copy of a holder.
template <typename T, typename Layer> struct GoodImpl : nn::Module {
  GoodImpl() : layer(register_module("layer", Layer(2, 2))) {}
  Tensor forward(Tensor x) {
    T value(1);
    Layer alias = layer;
    return alias(x) * value;
  }
  Layer layer;
};
template struct GoodImpl<double, nn::Linear>;

// Never instantiated: what depends on the parameter is not resolved.
template <typename Layer> struct NeverImpl : nn::Module {
  Tensor forward(Tensor x) {
    Layer layer(2, 2);
    return layer(x);
  }
};

// Several to a line; a module nested in another class.
struct Outer {
  struct InnerImpl : nn::Module {
    Tensor forward(Tensor x) {
      nn::Linear a(2, 2), none{nullptr}, b(2, 2);
      // CHECK: :[[@LINE-1]]:18: warning: module 'Linear' is constructed in forward
      // CHECK: :[[@LINE-2]]:42: warning: module 'Linear' is constructed in forward
      return b(a(x));
    }
  };
  Tensor run(Tensor x) { return nn::Linear(2, 2)(x); }
};
