// RUN: %check torch-functional-dropout %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

struct NetImpl : nn::Module {
  explicit NetImpl(double p) : p(p) {}
  Tensor forward(Tensor x) {
    x = F::dropout(x, F::DropoutFuncOptions().p(0.5));
    // CHECK: :[[@LINE-1]]:9: warning: 'F::dropout' drops in eval() too: its option 'training' is on unless it is given [torch-functional-dropout]
    // CHECK: :[[@LINE+2]]:12: note: so does 'torch::dropout'
    // CHECK: :[[@LINE-3]]:9: note: 'is_training()' says whether the module was put into eval()
    return torch::dropout(x, 0.5, true);
  }
  double p;
};
TORCH_MODULE(Net);

// Each function of dropout, and what it may be given.
struct SpelledImpl : nn::Cloneable<SpelledImpl> {
  SpelledImpl(double p) : p(p) {}
  void reset() override {}
  Tensor forward(Tensor x) { return F::dropout(x); }
  // CHECK: :[[@LINE-1]]:37: warning: 'F::dropout' drops in eval() too: its option
  Tensor forward2(Tensor x) { return torch::nn::functional::dropout2d(x, F::Dropout2dFuncOptions().p(p).inplace(true)); }
  // CHECK: :[[@LINE-1]]:38: warning: 'torch::nn::functional::dropout2d' drops in eval() too: its option
  Tensor forward3(Tensor x) { return nn::functional::dropout3d(x, {}); }
  // CHECK: :[[@LINE-1]]:38: warning: 'nn::functional::dropout3d' drops
  Tensor forward_told(Tensor x) { return F::dropout(x, F::DropoutFuncOptions().training(true).p(0.1)); }
  // CHECK: :[[@LINE-1]]:42: warning: 'F::dropout' drops in eval() too: it is told 'true', whatever the module's mode [
  Tensor forward_at(Tensor x) { return at::dropout(x, p, /*train=*/true); }
  // CHECK: :[[@LINE-1]]:40: warning: 'at::dropout' drops in eval() too: it is told 'true'
  Tensor forward_inplace(Tensor x) { return torch::dropout_(x, .1, true); }
  // CHECK: :[[@LINE-1]]:45: warning: 'torch::dropout_' drops
  Tensor forward_feature(Tensor x) { return torch::feature_dropout(x, .1, true); }
  // CHECK: :[[@LINE-1]]:45: warning: 'torch::feature_dropout' drops
  Tensor forward_alpha(Tensor x) { return torch::feature_alpha_dropout(x, .1, true); }
  // CHECK: :[[@LINE-1]]:43: warning: 'torch::feature_alpha_dropout' drops
  Tensor forward_alphas(Tensor x) { return F::alpha_dropout(x, F::AlphaDropoutFuncOptions().training(true)); }
  // CHECK: :[[@LINE-1]]:44: warning: 'F::alpha_dropout' drops in eval() too: it is told 'true'
  Tensor forward_detail(Tensor x) { return F::detail::dropout(x, .1, true, false); }
  // CHECK: :[[@LINE-1]]:44: warning: 'F::detail::dropout' drops
  double p;
};

// Options in a variable that nothing else changes.
struct VariableImpl : nn::Module {
  Tensor forward(Tensor x) {
    F::DropoutFuncOptions options;
    options.p(0.2);
    return F::dropout(x, options);
    // CHECK: :[[@LINE-1]]:12: warning: 'F::dropout' drops in eval() too: its option
  }
  Tensor forward_auto(Tensor x) {
    const auto options = F::DropoutFuncOptions().p(0.2);
    return F::dropout(x, options);
    // CHECK: :[[@LINE-1]]:12: warning: 'F::dropout' drops in eval() too: its option
  }
  Tensor forward_set(Tensor x) {
    static auto options = F::DropoutFuncOptions();
    options.training(true);
    return F::dropout(x, options);
    // CHECK: :[[@LINE-1]]:12: warning: 'F::dropout' drops in eval() too: it is told 'true'
  }
};

// The same in lambdas.
struct CapturedImpl : nn::Module {
  Tensor forward(Tensor x) {
    F::DropoutFuncOptions options;
    auto copy = [options](Tensor y) { return F::dropout(y, options); };
    // CHECK: :[[@LINE-1]]:46: warning: 'F::dropout' drops in eval() too: its option
    auto reference = [&](Tensor y) { return F::dropout(y, options); };
    // CHECK: :[[@LINE-1]]:45: note: so does 'F::dropout'
    return reference(copy(x));
  }
};

// What forward reaches.
struct ReachedImpl : nn::Module {
  Tensor forward(Tensor x) {
    x = half(drop(x));
    auto again = [&](Tensor y) { return torch::dropout(y, 0.3, true); };
    // CHECK: :[[@LINE-1]]:41: warning: 'torch::dropout' drops
    x = again(x);
    if (verbose)
      std::cout << x;
    return [](Tensor y) { return F::dropout2d(y); }(x);
    // CHECK: :[[@LINE-1]]:34: note: so does 'F::dropout2d'
  }
  static Tensor half(Tensor x) { return F::dropout(x); }
  // CHECK: :[[@LINE-1]]:41: warning: 'F::dropout' drops
  bool verbose = false;

private:
  Tensor drop(const Tensor &x) const;
};
Tensor ReachedImpl::drop(const Tensor &x) const {
  return F::dropout(x, F::DropoutFuncOptions{}.p(0.25f));
  // CHECK: :[[@LINE-1]]:10: warning: 'F::dropout' drops
}

// A condition on something else; a mode that is asked for another purpose.
struct OtherwiseImpl : nn::Module {
  explicit OtherwiseImpl(bool deep, double rate) : deep(deep), rate(rate) {}
  Tensor forward(Tensor x) {
    if (is_training())
      ++steps;
    if (deep && rate > 0)
      x = F::dropout(x, F::DropoutFuncOptions().p(rate));
    // CHECK: :[[@LINE-1]]:11: warning: 'F::dropout' drops
    return x;
  }
  bool deep;
  double rate;
  int steps = 0;
};

// Not dropped in either mode, which a test of the mode does not change.
struct NeverImpl : nn::Module {
  Tensor forward(Tensor x) {
    if (is_training())
      x = F::alpha_dropout(x, F::AlphaDropoutFuncOptions().p(0.5));
    // CHECK: :[[@LINE-1]]:11: warning: 'F::alpha_dropout' never drops, in training neither: its option 'training' is off unless it is given [
    // CHECK: :[[@LINE+1]]:12: note: so does 'F::feature_alpha_dropout'
    return F::feature_alpha_dropout(x);
  }
};
