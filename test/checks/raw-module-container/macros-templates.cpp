// RUN: %check torch-raw-module-container %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// No fix inside a macro body.
// RUN: cp %s %t.cpp
// RUN: %check torch-raw-module-container %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
#include <torch/torch.h>

namespace nn = torch::nn;

#define ADD(LIST, NAME, ...) LIST.push_back(register_module(NAME, __VA_ARGS__))
#define ADD_LATER(LIST, NAME, ...)                                                                 \
  do {                                                                                             \
    LIST.push_back(__VA_ARGS__);                                                                   \
    register_module(NAME, LIST.back());                                                            \
  } while (0)
#define JUST_PUSH(LIST) LIST.push_back(nn::Linear(2, 2))
#define LAYERS(NAME) std::vector<nn::Linear> NAME
// FIXED: {{^}}#define JUST_PUSH(LIST) LIST.push_back(nn::Linear(2, 2))

// A registration made by a macro counts.
struct RegisteredImpl : nn::Module {
  RegisteredImpl() {
    ADD(layers, "a", nn::Linear(2, 2));
    ADD_LATER(layers, "b", nn::Linear(2, 2));
  }
  LAYERS(layers);
};

// Flagged where the member is spelled; the macro body stays as it is.
struct PushedImpl : nn::Module {
  PushedImpl() { JUST_PUSH(layers); }
  // FIXED: {{^}}  PushedImpl() { JUST_PUSH(layers); }
  LAYERS(layers);
  // CHECK: :[[@LINE-1]]:10: warning: 'layers' holds modules that are never registered
};

// A class template: one finding for all its instantiations.
template <typename Layer> struct StackImpl : nn::Module {
  explicit StackImpl(int n) {
    for (int i = 0; i < n; ++i)
      layers.push_back(Layer(2, 2));
  }
  std::vector<Layer> layers;
  // CHECK: :[[@LINE-1]]:22: warning: 'layers' holds modules that are never registered
};
template struct StackImpl<nn::Linear>;
template struct StackImpl<nn::Embedding>;

// Instantiated, and right.
template <typename Layer> struct GoodImpl : nn::Module {
  explicit GoodImpl(int n) {
    for (int i = 0; i < n; ++i)
      layers.push_back(this->register_module("l" + std::to_string(i), Layer(2, 2)));
  }
  std::vector<Layer> layers;
};
template struct GoodImpl<nn::Linear>;

// Never instantiated: what depends on the parameter is not resolved.
template <typename Layer, typename Base> struct NeverImpl : Base {
  NeverImpl() {
    layers.push_back(Layer(2, 2));
    this->publish(layers);
  }
  std::vector<Layer> layers;
};

// Several members to a line: only the one that loses its modules.
struct SeveralImpl : nn::Module {
  SeveralImpl() {
    a.push_back(register_module("a", nn::Linear(2, 2)));
    b.push_back(nn::Linear(2, 2));
    // FIXED: {{^}}    b.push_back(register_module("b_" + std::to_string(b.size()), nn::Linear(2, 2)));
    c.push_back(register_module("c", nn::Linear(2, 2)));
  }
  std::vector<nn::Linear> a, b, c;
  // CHECK: :[[@LINE-1]]:30: warning: 'b' holds modules that are never registered
};

// A module nested in another class, holding a struct of its own.
struct Outer {
  struct InnerImpl : nn::Module {
    struct Pair {
      nn::Linear first{nullptr}, second{nullptr};
    };
    InnerImpl() {
      good.first = register_module("first", nn::Linear(2, 2));
      good.second = register_module("second", nn::Linear(2, 2));
      bad.first = register_module("third", nn::Linear(2, 2));
      bad.second = nn::Linear(2, 2);
    }
    Pair good, bad;
    // Silent: the members of a struct are followed for all its objects at once.
  };
};
