// RUN: %check torch-stale-registration %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// No fix inside a macro body.
// RUN: cp %s %t.cpp
// RUN: %check torch-stale-registration %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

#define BUFFER(NAME, ...) NAME = register_buffer(#NAME, __VA_ARGS__)
#define RENEW(NAME, ...)                                                                           \
  do {                                                                                             \
    parameters_.erase(#NAME);                                                                      \
    NAME = register_parameter(#NAME, __VA_ARGS__);                                                 \
  } while (0)
#define UPDATE(NAME, VALUE) NAME = NAME * 0.9 + (VALUE) * 0.1
// FIXED: {{^}}#define UPDATE(NAME, VALUE) NAME = NAME * 0.9 + (VALUE) * 0.1

// A registration made by a macro counts, in the constructor and later.
struct MacroImpl : nn::Module {
  MacroImpl() {
    BUFFER(mean, torch::zeros({2}));
    BUFFER(var, torch::ones({2}));
    weight = register_parameter("weight", torch::ones({2}));
  }
  void resize(int64_t n) { RENEW(weight, torch::ones({n})); }
  Tensor forward(Tensor x) {
    torch::NoGradGuard no_grad;
    UPDATE(mean, x.mean(0));
    // FIXED: {{^}}    UPDATE(mean, x.mean(0));
    // CHECK: :[[@LINE-2]]:12: warning: 'mean' is registered and rebound here
    var = x.var(0);
    // FIXED: {{^}}    var.copy_(x.var(0));
    // CHECK: :[[@LINE-2]]:5: warning: 'var' is registered and rebound here
    return (x - mean) / var * weight;
  }
  Tensor mean, var, weight;
};

// A class template: one finding for all its instantiations.
template <int N> struct NormImpl : nn::Module {
  NormImpl() { mean = register_buffer("mean", torch::zeros({N})); }
  Tensor forward(Tensor x) {
    mean = x.mean(0);
    // CHECK: :[[@LINE-1]]:5: warning: 'mean' is registered and rebound here
    return x - mean;
  }
  Tensor mean;
};
template struct NormImpl<2>;
template struct NormImpl<3>;

// A function template over layers: the instantiation's spelled code.
template <typename Layer> void zero(Layer &layer) {
  layer->weight = torch::zeros_like(layer->weight);
  // CHECK: :[[@LINE-1]]:3: warning: assigning to 'weight' of a registered layer rebinds the member
}
void zeroAll(nn::Linear &a, nn::Conv2d &b) {
  zero(a);
  zero(b);
}

// Never instantiated: what depends on the parameter is not resolved.
template <typename Base> struct NeverImpl : Base {
  NeverImpl() { mean = this->register_buffer("mean", torch::zeros({2})); }
  Tensor forward(Tensor x) {
    this->renew(mean);
    return x - mean;
  }
  Tensor mean;
};
template <typename Layer> void never(Layer &layer) { layer->weight = torch::zeros({2}); }

// Several members to a line, one of them rebound; a module nested in another class.
struct Outer {
  struct InnerImpl : nn::Module {
    InnerImpl() {
      a = register_buffer("a", torch::zeros({2})), b = register_buffer("b", torch::zeros({2}));
    }
    Tensor forward(Tensor x) {
      a.copy_(x), b = x, c = x;
      // CHECK: :[[@LINE-1]]:19: warning: 'b' is registered and rebound here
      return x;
    }
    Tensor a, b, c;
  };
};
