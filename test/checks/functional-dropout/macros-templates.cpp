// RUN: cp %s %t.cpp
// RUN: %check torch-functional-dropout %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-functional-dropout %t.cpp --fix %unsafe-fixes
// RUN: FileCheck --check-prefix=FIXED --input-file=%t.cpp %s
#include <torch/torch.h>

namespace F = torch::nn::functional;
using torch::Tensor;

#define DROP(x) F::dropout(x, F::DropoutFuncOptions().p(0.5))
#define OPTIONS F::DropoutFuncOptions().p(0.5)
#define IF_TRAINING if (this->is_training())

struct AImpl : torch::nn::Module {
  Tensor forward(Tensor x) {
    return DROP(x);
    // CHECK: :[[@LINE-1]]:12: warning: 'dropout' drops in eval() too: its option
    // FIXED: return DROP(x);
  }
  Tensor forward_options(Tensor x) {
    return F::dropout(x, OPTIONS);
    // CHECK: :[[@LINE-1]]:12: warning: 'F::dropout' drops in eval() too: its option
    // FIXED: return F::dropout(x, OPTIONS);
  }
  Tensor forward_guarded(Tensor x) {
    IF_TRAINING return DROP(x);
    return x;
  }
};

// One finding for all instantiations; the base is no name of the template.
template <int N> struct BImpl : torch::nn::Module {
  Tensor forward(Tensor x) {
    return torch::dropout(x, 0.5, true);
    // CHECK: :[[@LINE-1]]:12: warning: 'torch::dropout' drops
    // FIXED: return torch::dropout(x, 0.5, is_training());
  }
};
BImpl<1> one;
BImpl<2> two;
Tensor run(Tensor x) { return one.forward(two.forward(x)); }

template <class T> struct CImpl : torch::nn::Cloneable<CImpl<T>> {
  void reset() override {}
  Tensor forward(Tensor x) {
    auto options = F::DropoutFuncOptions().p(0.5);
    return F::dropout(x, options);
    // CHECK: :[[@LINE-1]]:12: warning: 'F::dropout' drops
    // FIXED: return F::dropout(x, options.training(this->is_training()));
  }
};
template struct CImpl<int>;

// A member template that is called; one that is not, and a generic lambda, are unknown.
struct DImpl : torch::nn::Module {
  template <class T> Tensor forward(T x) {
    return torch::dropout(x, 0.5, true);
    // CHECK: :[[@LINE-1]]:12: warning: 'torch::dropout' drops
    // FIXED: return torch::dropout(x, 0.5, is_training());
  }
  template <class T> Tensor forward_never(T x) { return torch::dropout(x, 0.5, true); }
  Tensor forward_generic(Tensor x) {
    auto drop = [](auto y) { return torch::dropout(y, 0.5, true); };
    return drop(x);
  }
};
Tensor run(DImpl &d, Tensor x) { return d.forward(x); }
