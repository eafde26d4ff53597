// RUN: %check torch-state-in-forward %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

#define KEEP(MEMBER, VALUE) MEMBER = (VALUE)
#define KEEP_DETACHED(MEMBER, VALUE) MEMBER = (VALUE).detach()
#define NO_GRAD torch::NoGradGuard no_grad
#define BUFFER(NAME, ...) NAME = register_buffer(#NAME, __VA_ARGS__)

// A store made by a macro; a detach, a guard and a registration made by one count.
struct MacroImpl : nn::Module {
  MacroImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    BUFFER(mean, torch::zeros({2}));
  }
  Tensor forward(Tensor x) {
    KEEP(a, fc(x));
    // CHECK: :[[@LINE-1]]:10: warning: 'a' keeps a tensor of forward with its graph
    KEEP_DETACHED(b, fc(x));
    mean.copy_(x.detach().mean(0));
    NO_GRAD;
    c = fc(x);
    return x;
  }
  nn::Linear fc{nullptr};
  Tensor a, b, c, mean;
};

// A class template: one finding for all its instantiations.
template <typename Layer> struct BlockImpl : nn::Module {
  BlockImpl() { layer = register_module("layer", Layer(2, 2)); }
  Tensor forward(Tensor x) {
    last = layer(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'last' keeps a tensor of forward with its graph
    kept = layer(x).detach();
    return last;
  }
  Layer layer{nullptr};
  Tensor last, kept;
};
template struct BlockImpl<nn::Linear>;
template struct BlockImpl<nn::GRUCell>;

// A forward template, instantiated.
struct ForwardImpl : nn::Module {
  ForwardImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  template <typename T> Tensor forward(T x) {
    last = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'last' keeps a tensor of forward with its graph
    return last;
  }
  nn::Linear fc{nullptr};
  Tensor last;
};
Tensor use(ForwardImpl &net, Tensor x) { return net.forward(x); }

// Never instantiated: what depends on the parameter is not resolved.
template <typename Layer, typename Base> struct NeverImpl : Base {
  Tensor forward(Tensor x) {
    last = this->run(x);
    return last;
  }
  Tensor last;
};

// Several members to a line; a module nested in another class.
struct Outer {
  struct InnerImpl : nn::Module {
    InnerImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
    Tensor forward(Tensor x) {
      a = x.detach(), b = fc(x), c = torch::ones({2});
      // CHECK: :[[@LINE-1]]:23: warning: 'b' keeps a tensor of forward with its graph
      return x;
    }
    nn::Linear fc{nullptr};
    Tensor a, b, c;
  };
};
