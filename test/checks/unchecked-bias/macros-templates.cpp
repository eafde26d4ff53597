// RUN: cp %s %t.cpp
// RUN: %check torch-unchecked-bias %t.cpp --config='{CheckOptions: {torch-unchecked-bias.AllowGeneric: false}}' | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: %check torch-unchecked-bias %t.cpp --config='{CheckOptions: {torch-unchecked-bias.AllowGeneric: false}}' --fix
// RUN: grep 'define ZERO_BIAS(L) torch::nn::init::zeros_' %t.cpp
// RUN: not grep '^ *if .*ZERO_BIAS' %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

#define ZERO(T) torch::nn::init::zeros_(T)
#define ZERO_BIAS(L) torch::nn::init::zeros_((L)->bias)
#define ZERO_IF_THERE(L)                                                                           \
  do {                                                                                             \
    if ((L)->bias.defined())                                                                       \
      torch::nn::init::zeros_((L)->bias);                                                          \
  } while (false)

void macros(nn::Linear l) {
  ZERO(l->bias);
  // CHECK: :[[@LINE-1]]:8: warning: 'bias' may be undefined
  ZERO_BIAS(l);
  // CHECK: :[[@LINE-1]]:3: warning: 'bias' may be undefined
  ZERO_IF_THERE(l);
}

// Dependent code is silent until it is instantiated.
template <typename Layer> void neverUsed(Layer &l) { torch::nn::init::zeros_(l->bias); }
template <typename Layer> void used(nn::Module &m) {
  if (auto *l = m.as<Layer>())
    (void)torch::nn::init::zeros_(l->bias);
  // CHECK: :[[@LINE-1]]:35: warning: 'l->bias' may be undefined: the first 'Conv2d'
}
template <typename Layer> void checked(nn::Module &m) {
  if (auto *l = m.as<Layer>(); l && l->bias.defined())
    torch::nn::init::zeros_(l->bias);
}
void instantiate(nn::Module &m) {
  used<nn::Conv2d>(m);
  checked<nn::Conv2d>(m);
  // A generic lambda.
  auto draw = [](auto &net) {
    for (auto &child : net.modules())
      if (auto *l = child->template as<nn::Bilinear>())
        (void)torch::nn::init::zeros_(l->bias);
    // CHECK: :[[@LINE-1]]:39: warning: 'l->bias' may be undefined: the first 'Bilinear'
  };
  draw(m);
}

// A class template's constructor, once it is instantiated.
template <int N> struct BlockImpl : nn::Module {
  BlockImpl() {
    conv = register_module("conv", nn::Conv2d(nn::Conv2dOptions(N, N, 3).bias(N > 4)));
    (void)torch::nn::init::zeros_(conv->bias);
    // CHECK: :[[@LINE-1]]:35: warning: 'conv->bias' is undefined here: the 'Conv2d' was built with bias(false)
  }
  nn::Conv2d conv{nullptr};
};
BlockImpl<4> narrow;
BlockImpl<8> wide;
