// RUN: %check torch-registration-name %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

#define ADD(NAME, ...) NAME = register_module(#NAME, __VA_ARGS__)
#define ADD_AS(NAME, ...) register_module(NAME, __VA_ARGS__)
#define SUFFIXED(N) "layer" #N

struct Parts {
  nn::Linear fc{nullptr};
};

// Registrations made by a macro count; a stringified member access has a dot.
struct MacroImpl : nn::Module {
  MacroImpl() {
    ADD(fc, nn::Linear(2, 2));
    ADD(fc, nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:5: warning: the name 'fc' is registered twice on one path
    ADD_AS(SUFFIXED(1), nn::Linear(2, 2));
    ADD_AS(SUFFIXED(2), nn::Linear(2, 2));
    ADD_AS(SUFFIXED(1), nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:5: warning: the name 'layer1' is registered twice on one path
    ADD(parts.fc, nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:5: warning: the registration name 'parts.fc' holds a dot
  }
  nn::Linear fc{nullptr};
  Parts parts;
};

// A class template: one finding for all its instantiations.
template <typename Layer> struct BlockImpl : nn::Module {
  BlockImpl() {
    register_module("layer", Layer(2, 2));
    register_module("layer", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:5: warning: the name 'layer' is registered twice on one path
    register_module("a.b", Layer(2, 2));
    // CHECK: :[[@LINE-1]]:21: warning: the registration name 'a.b' holds a dot
  }
};
template struct BlockImpl<nn::Linear>;
template struct BlockImpl<nn::Embedding>;

// Instantiated, and right: one name in branches that exclude each other.
template <int N> struct GoodImpl : nn::Module {
  GoodImpl() {
    if constexpr (N > 2)
      register_module("fc", nn::Linear(N, N));
    else
      register_module("fc", nn::Linear(2, N));
    this->register_module("head", nn::Linear(N, 2));
  }
};
template struct GoodImpl<2>;
template struct GoodImpl<4>;

// A helper template that is given a name each time.
struct HelperImpl : nn::Module {
  template <typename Layer> Layer add(const std::string &name, Layer layer) {
    return register_module(name, layer);
  }
  HelperImpl() {
    add("a", nn::Linear(2, 2));
    add("b", nn::Conv2d(1, 1, 1));
  }
};

// Never instantiated: what depends on the parameter is not resolved.
template <typename Layer, typename Base> struct NeverImpl : Base {
  NeverImpl() {
    this->register_module("fc", Layer(2, 2));
    this->register_module("fc", Layer(2, 2));
  }
};

// Several to a line; a module nested in another class whose names are its own.
struct OuterImpl : nn::Module {
  struct InnerImpl : nn::Module {
    InnerImpl() {
      a = register_module("fc", nn::Linear(2, 2)), b = register_module("fc", nn::Linear(2, 2));
      // CHECK: :[[@LINE-1]]:56: warning: the name 'fc' is registered twice on one path
    }
    nn::Linear a{nullptr}, b{nullptr};
  };
  OuterImpl() {
    register_module("fc", nn::Linear(2, 2)), register_module("inner", std::make_shared<InnerImpl>());
  }
};
