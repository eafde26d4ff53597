// RUN: %check torch-functional-dropout %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

// The mode is given.
struct GivenImpl : nn::Module {
  Tensor forward(Tensor x) { return F::dropout(x, F::DropoutFuncOptions().p(0.5).training(is_training())); }
  Tensor forward_torch(Tensor x) { return torch::dropout(x, 0.5, this->is_training()); }
  Tensor forward_off(Tensor x) { return torch::dropout(x, 0.5, false); }
  Tensor forward_never(Tensor x) { return F::dropout(x, F::DropoutFuncOptions().training(false)); }
  Tensor forward_alpha(Tensor x) { return F::alpha_dropout(x, F::AlphaDropoutFuncOptions().training(is_training())); }
  Tensor forward_flag(Tensor x, bool drop) { return torch::dropout(x, 0.5, drop); }
  Tensor forward_overridden(Tensor x) { return F::dropout(x, F::DropoutFuncOptions().training(true).training(is_training())); }
  Tensor forward_set(Tensor x) {
    F::DropoutFuncOptions options;
    options.p(0.5).training(is_training());
    return F::dropout(x, options);
  }
  Tensor forward_assigned(Tensor x) {
    auto options = F::DropoutFuncOptions().p(0.5);
    options.training() = is_training();
    return F::dropout(x, options);
  }
  Tensor forward_when(Tensor x) {
    F::AlphaDropoutFuncOptions options;
    if (is_training())
      options.training(true);
    return F::alpha_dropout(x, options);
  }
  Tensor forward_unless(Tensor x) {
    F::DropoutFuncOptions options;
    if (!is_training())
      options.training(false);
    return F::dropout(x, options);
  }
};

// The mode is asked before.
struct AskedImpl : nn::Module {
  Tensor forward(Tensor x) {
    if (is_training())
      x = F::dropout(x);
    return x;
  }
  Tensor forward_choice(Tensor x) { return is_training() ? F::dropout(x) : x; }
  Tensor forward_early(Tensor x) {
    if (!is_training())
      return x;
    x = F::dropout2d(x);
    return torch::dropout(x, 0.5, true);
  }
  Tensor forward_both(Tensor x) {
    if (this->is_training() && rate > 0)
      return F::dropout(x);
    return x;
  }
  Tensor forward_local(Tensor x) {
    const bool active = is_training();
    if (active)
      x = F::dropout(x);
    return x;
  }
  Tensor forward_lambda(Tensor x) {
    auto drop = [](Tensor y) { return F::dropout(y); };
    return is_training() ? drop(x) : x;
  }
  Tensor forward_in_lambda(Tensor x) {
    auto drop = [this](Tensor y) {
      if (!is_training())
        return y;
      return F::dropout(y);
    };
    return drop(x);
  }
  Tensor forward_value(Tensor x) {
    auto dropped = F::dropout(x);
    return is_training() ? dropped : x;
  }
  Tensor forward_switch(Tensor x) {
    switch (mode) {
    case 0:
      return F::dropout(x);
    default:
      return x;
    }
  }
  Tensor forward_checked(Tensor x) {
    TORCH_CHECK(is_training(), "for training alone");
    return F::dropout(x);
  }
  Tensor forward_helper(Tensor x) { return is_training() ? helper(x) : x; }
  Tensor helper(Tensor x) { return F::dropout(x); }
  Tensor forward_grad(Tensor x) {
    if (torch::GradMode::is_enabled())
      x = F::dropout(x);
    return x;
  }
  double rate = 0.5;
  int mode = 0;
};

// A flag that others set: perhaps it is the mode.
struct FlagImpl : nn::Module {
  void train(bool on = true) override {
    nn::Module::train(on);
    active = on;
  }
  Tensor forward(Tensor x) {
    if (active)
      x = F::dropout(x);
    return x;
  }
  Tensor forward_parameter(Tensor x, bool drop) { return drop ? F::dropout(x) : x; }
  Tensor forward_config(Tensor x) { return config.train ? F::dropout(x) : x; }
  bool active = true;
  struct {
    bool train = false;
  } config;
};

// Nothing is dropped, or perhaps nothing in eval().
struct RateImpl : nn::Module {
  Tensor forward(Tensor x) { return F::dropout(x, F::DropoutFuncOptions().p(0)); }
  Tensor forward_zero(Tensor x) { return torch::dropout(x, 0.0, true); }
  Tensor forward_constant(Tensor x) {
    constexpr double none = 0;
    return F::dropout(x, F::DropoutFuncOptions().p(none));
  }
  Tensor forward_choice(Tensor x) { return torch::dropout(x, is_training() ? 0.5 : 0.0, true); }
  Tensor forward_local(Tensor x) {
    double p = 0.5;
    if (!is_training())
      p = 0;
    return F::dropout(x, F::DropoutFuncOptions().p(p));
  }
  Tensor forward_parameter(Tensor x, double p) { return torch::dropout(x, p, true); }
  Tensor forward_schedule(Tensor x) { return torch::dropout(x, rate, true); }
  void set_rate(double value) { rate = value; }
  Tensor forward_alpha(Tensor x) { return F::alpha_dropout(x, F::AlphaDropoutFuncOptions().p(0)); }
  double rate = 0.5;
};

// Options out of view.
F::DropoutFuncOptions options_for(int layer);
void configure(F::DropoutFuncOptions &options);
struct OptionsImpl : nn::Module {
  Tensor forward(Tensor x) { return F::dropout(x, member); }
  Tensor forward_given(Tensor x, const F::DropoutFuncOptions &options) { return F::dropout(x, options); }
  Tensor forward_made(Tensor x) { return F::dropout(x, options_for(1)); }
  Tensor forward_changed(Tensor x) {
    F::DropoutFuncOptions options;
    configure(options);
    return F::dropout(x, options);
  }
  Tensor forward_alias(Tensor x) {
    F::DropoutFuncOptions options;
    auto &alias = options;
    alias.training(is_training());
    return F::dropout(x, options);
  }
  Tensor forward_in_lambda(Tensor x) {
    F::DropoutFuncOptions options;
    [&] { options.training(is_training()); }();
    return F::dropout(x, options);
  }
  Tensor forward_captured(Tensor x) {
    F::DropoutFuncOptions options;
    [&other = options, this] { other.training(is_training()); }();
    return F::dropout(x, options);
  }
  F::DropoutFuncOptions member;
};

// Drawing is meant.
struct MCDropoutImpl : nn::Module {
  Tensor forward(Tensor x) { return F::dropout(x); }
};
struct BayesianNetImpl : nn::Module {
  Tensor forward(Tensor x) { return torch::dropout(x, 0.5, true); }
};
struct MeantImpl : nn::Module {
  Tensor forward(Tensor x) { return forward_train(add_noise(x)); }
  Tensor forward_train(Tensor x) { return F::dropout(x); } // in training
  Tensor forward_monte_carlo(Tensor x) { return F::dropout(x); }
  Tensor add_noise(Tensor x) { return F::dropout(x); }
};
namespace transforms {
struct RandomErasingImpl : nn::Module {
  Tensor forward(Tensor x) { return torch::dropout(x, 0.5, true); }
};
} // namespace transforms

// Not run by a forward, or by one that asks the mode.
struct OtherImpl : nn::Module {
  OtherImpl() { start = F::dropout(torch::ones({4})); }
  Tensor forward(Tensor x) { return x; }
  Tensor sample(Tensor x) { return F::dropout(x); }
  Tensor start;
};
struct AuxiliaryImpl : nn::Module {
  Tensor forward(Tensor x) { return F::dropout(x); }
};
TORCH_MODULE(Auxiliary);
struct OwnerImpl : nn::Module {
  OwnerImpl() { aux = register_module("aux", Auxiliary()); }
  Tensor forward(Tensor x) { return is_training() ? aux->forward(x) : x; }
  Auxiliary aux{nullptr};
};

// No module, and functions of the project.
Tensor drop(Tensor x) { return F::dropout(x, F::DropoutFuncOptions().p(0.5)); }
struct Plain {
  Tensor forward(Tensor x) { return torch::dropout(x, 0.5, true); }
};
namespace mine {
Tensor dropout(Tensor x, double p, bool train);
}
struct OwnFunctionImpl : nn::Module {
  Tensor forward(Tensor x) { return dropout(mine::dropout(x, 0.5, true), 0.5, true); }
  Tensor dropout(Tensor x, double, bool) { return x; }
  Tensor forward_module(Tensor x) { return layer(x); }
  nn::Dropout layer{register_module("layer", nn::Dropout(0.5))};
};

// What is asked instead of the mode: a target that is only there in training, a counter that others set.
struct AsksImpl : nn::Module {
  AsksImpl() { a = register_module("a", nn::Linear(4, 4)); }
  Tensor forward(Tensor x, torch::optional<Tensor> target = {}) {
    x = a(x);
    if (!target)
      return x;
    return F::dropout(x, F::DropoutFuncOptions().p(0.5));
  }
  nn::Linear a{nullptr};
};
struct CountsImpl : nn::Module {
  CountsImpl() { a = register_module("a", nn::Linear(4, 4)); }
  Tensor forward(Tensor x) {
    x = a(x);
    if (step >= 0)
      x = F::dropout(x, F::DropoutFuncOptions().p(0.5));
    return x;
  }
  void begin() { step = 0; }
  void end() { step = -1; }
  nn::Linear a{nullptr};
  int64_t step = -1;
};
