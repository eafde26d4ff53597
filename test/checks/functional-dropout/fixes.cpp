// RUN: cp %s %t.cpp
// RUN: %check torch-functional-dropout %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-functional-dropout %t.cpp --fix %unsafe-fixes
// RUN: FileCheck --input-file=%t.cpp %s
// RUN: %check torch-functional-dropout %t.cpp | FileCheck %s --check-prefix=LEFT --implicit-check-not='{{^[^|]*(warning|error)}}:' --implicit-check-not='{{^ *[|] .*is_training[(]}}'
#include <torch/torch.h>

namespace F = torch::nn::functional;
using torch::Tensor;

struct AImpl : torch::nn::Module {
  Tensor forward(Tensor x) const {
    x = F::dropout(x);
    // CHECK: x = F::dropout(x, torch::nn::functional::DropoutFuncOptions().training(is_training()));
    x = F::dropout(x, {});
    // CHECK: x = F::dropout(x, torch::nn::functional::DropoutFuncOptions().training(is_training()));
    x = F::dropout2d(x, F::Dropout2dFuncOptions().p(0.5));
    // CHECK: x = F::dropout2d(x, F::Dropout2dFuncOptions().p(0.5).training(is_training()));
    x = F::dropout(x, F::DropoutFuncOptions().training(true).p(0.5));
    // CHECK: x = F::dropout(x, F::DropoutFuncOptions().training(is_training()).p(0.5));
    return torch::dropout(x, 0.5, /*train=*/true);
    // CHECK: return torch::dropout(x, 0.5, /*train=*/is_training());
  }
  Tensor forward_variable(Tensor x) {
    F::DropoutFuncOptions options;
    options.p(0.5);
    // CHECK: options.p(0.5);
    return F::dropout(F::dropout(x, options), options);
    // CHECK: return F::dropout(F::dropout(x, options.training(is_training())), options.training(is_training()));
  }
  Tensor forward_told(Tensor x) {
    F::DropoutFuncOptions options;
    options.training(true);
    // CHECK: options.training(is_training());
    return F::dropout(F::dropout(x, options), options);
  }
  Tensor forward_alpha(Tensor x) { return F::alpha_dropout(x); }
  // CHECK: { return F::alpha_dropout(x, torch::nn::functional::AlphaDropoutFuncOptions().training(is_training())); }
  Tensor forward_lambda(Tensor x) {
    auto drop = [this](Tensor y) { return torch::dropout(y, 0.5, true); };
    // CHECK: auto drop = [this](Tensor y) { return torch::dropout(y, 0.5, is_training()); };
    auto all = [&] { x = torch::dropout(x, 0.5, true); };
    // CHECK: auto all = [&] { x = torch::dropout(x, 0.5, is_training()); };
    all();
    return drop(x);
  }
  // No module to ask.
  Tensor forward_bare(Tensor x) {
    auto drop = [](Tensor y) { return torch::dropout(y, 0.5, true); };
    // LEFT: :[[@LINE-1]]:39: warning: 'torch::dropout' drops
    return half(drop(x));
  }
  static Tensor half(Tensor x) { return F::dropout(x); }
  // LEFT: :[[@LINE-1]]:41: warning: 'F::dropout' drops
  Tensor forward_const(Tensor x) {
    const auto options = F::DropoutFuncOptions().p(0.5);
    return F::dropout(x, options);
    // LEFT: :[[@LINE-1]]:12: warning: 'F::dropout' drops
  }
};

// A name that is something else here.
struct HiddenImpl : torch::nn::Module {
  Tensor forward(Tensor x) { return torch::dropout(x, 0.5, true); }
  // LEFT: :[[@LINE-1]]:37: warning: 'torch::dropout' drops
  int is_training = 0;
};
struct LocalImpl : torch::nn::Module {
  Tensor forward(Tensor x) {
    int is_training = 0;
    return torch::dropout(x + is_training, 0.5, true);
    // CHECK: return torch::dropout(x + is_training, 0.5, this->is_training());
  }
};
