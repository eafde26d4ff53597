// RUN: %check torch-optional-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Look-alike: one of two is always there.
struct ChoiceImpl : nn::Module {
  explicit ChoiceImpl(bool deep) {
    if (deep)
      large = register_module("large", nn::Sequential(nn::Linear(2, 2), nn::ReLU()));
    else
      small = register_module("small", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return large ? large->forward(x) : small->forward(x); }
  nn::Sequential large{nullptr};
  nn::Linear small{nullptr};
};

// Look-alike: one of three, under one name.
enum class Act { Relu, Tanh, Gelu };
struct VariantsImpl : nn::Module {
  explicit VariantsImpl(Act act) : act_(act) {
    switch (act) {
    case Act::Relu:
      relu = register_module("act", nn::ReLU());
      break;
    case Act::Tanh:
      tanh = register_module("act", nn::Tanh());
      break;
    case Act::Gelu:
      gelu = register_module("act", nn::GELU());
      break;
    }
  }
  Tensor forward(Tensor x) {
    if (act_ == Act::Relu)
      return relu->forward(x);
    if (act_ == Act::Tanh)
      return tanh->forward(x);
    return gelu->forward(x);
  }
  Act act_;
  nn::ReLU relu{nullptr};
  nn::Tanh tanh{nullptr};
  nn::GELU gelu{nullptr};
};

// Look-alike: a parameter or a buffer stands in.
struct ParameterImpl : nn::Module {
  explicit ParameterImpl(bool learned) {
    if (learned)
      scale = register_module("scale", nn::Linear(2, 2));
    else
      fixed = register_buffer("fixed", torch::ones({2}));
  }
  Tensor forward(Tensor x) { return scale ? scale->forward(x) : x * fixed; }
  nn::Linear scale{nullptr};
  Tensor fixed;
};

// Look-alike: every construction in view takes the same path.
struct SamePathImpl : nn::Module {
  explicit SamePathImpl(int64_t in, int64_t out, bool norm = true) {
    if (in != out)
      proj = register_module("proj", nn::Linear(in, out));
    if (norm)
      bn = register_module("bn", nn::BatchNorm1d(out));
  }
  Tensor forward(Tensor x) {
    if (proj)
      x = proj->forward(x);
    return bn ? bn->forward(x) : x;
  }
  nn::Linear proj{nullptr};
  nn::BatchNorm1d bn{nullptr};
};
TORCH_MODULE(SamePath);
SamePath first(4, 8), second(8, 16, true);

// Look-alike: built in view, and nothing tells which way.
struct UntoldImpl : nn::Module {
  explicit UntoldImpl(bool norm) {
    if (norm)
      bn = register_module("bn", nn::BatchNorm1d(2));
  }
  Tensor forward(Tensor x) { return bn ? bn->forward(x) : x; }
  nn::BatchNorm1d bn{nullptr};
};
TORCH_MODULE(Untold);
Untold make(bool norm) { return Untold(norm); }

// Look-alike: not registered at all, and a Functional, which archives leave out: no key differs.
struct NoKeyImpl : nn::Module {
  NoKeyImpl(bool on, std::shared_ptr<nn::LinearImpl> shared) {
    if (on) {
      borrowed = shared;
      act = register_module("act", nn::Functional(torch::relu));
    }
  }
  Tensor forward(Tensor x) {
    if (borrowed)
      x = borrowed->forward(x);
    return act ? act->forward(x) : x;
  }
  std::shared_ptr<nn::LinearImpl> borrowed;
  nn::Functional act{nullptr};
};

// Look-alike: nothing uses it.
struct UnusedImpl : nn::Module {
  explicit UnusedImpl(bool on) {
    if (on)
      fc = register_module("fc", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return x; }
  nn::Linear fc{nullptr};
};

// Look-alike: always there.
struct AlwaysImpl : nn::Module {
  explicit AlwaysImpl(bool on) : on_(on) { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return on_ ? fc->forward(x) : x; }
  bool on_;
  nn::Linear fc{nullptr};
};

// Look-alike: used without a test, which is torch-null-module's.
struct UntestedImpl : nn::Module {
  explicit UntestedImpl(bool on) {
    if (on)
      fc = register_module("fc", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};
