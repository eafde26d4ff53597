// RUN: %check torch-inplace-on-parameter %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

struct QuietImpl : nn::Module {
  QuietImpl() {
    fc = register_module("fc", nn::Linear(4, 4));
    // .data() and .detach() carry no graph.
    fc->weight.data().normal_(0, 0.02);
    fc->bias.detach().zero_();
    // torch::nn::init holds a guard itself.
    nn::init::zeros_(fc->bias);
    {
      torch::NoGradGuard no_grad;
      fc->weight.mul_(2);
      for (auto &p : parameters())
        p.clamp_(-1, 1);
    }
    // Before it is registered it is a plain tensor.
    scale = torch::ones({4});
    scale.mul_(3);
    scale = register_parameter("scale", scale);
    // A buffer.
    mean = register_buffer("mean", torch::zeros({4}));
    mean.mul_(0.9).add_(1);
    // Registered without requires_grad.
    fixed = register_parameter("fixed", torch::ones({4}), /*requires_grad=*/false);
    fixed.fill_(2);
  }
  torch::Tensor forward(torch::Tensor x) {
    // Activations are no leaves.
    auto y = fc->forward(x);
    y.mul_(2).relu_();
    // A copy of a parameter is none.
    auto w = fc->weight.clone();
    w.mul_(2);
    return y;
  }
  nn::Linear fc{nullptr};
  torch::Tensor scale, mean, fixed;
};

// Running statistics of a norm are buffers.
struct NormImpl : nn::Module {
  NormImpl() : bn(register_module("bn", nn::BatchNorm1d(3))) { bn->running_mean.fill_(1); }
  nn::BatchNorm1d bn;
};

// Every caller holds a guard.
static void decay(nn::Linear &l) { l->weight.mul_(0.99); }
void train(nn::Linear &l) {
  torch::NoGradGuard no_grad;
  decay(l);
}

// Other files may call it under a guard: unknown.
void exported(nn::Linear &l) { l->weight.mul_(0.99); }

// Other ways to turn recording off.
int main() {
  nn::Linear l(2, 2);
  train(l);
  {
    torch::AutoGradMode off(false);
    l->weight.zero_();
  }
  {
    c10::InferenceMode guard;
    l->weight.zero_();
  }
  {
    auto guard = std::make_unique<torch::NoGradGuard>();
    l->weight.zero_();
  }
  if (torch::NoGradGuard guard; true)
    l->weight.zero_();
  // Gradients are no parameters.
  for (auto &p : l->parameters())
    if (p.grad().defined())
      p.grad().zero_();
  // A lambda that runs where it stands, under the guard around it.
  torch::NoGradGuard no_grad;
  l->apply([](nn::Module &m) {
    if (auto *linear = m.as<nn::Linear>())
      linear->weight.zero_();
  });
  torch::GradMode::set_enabled(true);
}

// Frozen before (in a constructor, so certainly with gradients on), one by one, in a chain or all in a loop.
struct FrozenListImpl : nn::Module {
  FrozenListImpl() {
    nn::Linear a(2, 2), b(2, 2), c(2, 2);
    a->weight.requires_grad_(false);
    a->weight.mul_(2);
    a->bias.requires_grad_(false).mul_(2);
    for (auto &p : b->parameters()) {
      p.requires_grad_(false);
      p.mul_(2);
    }
    for (auto &p : c->parameters())
      p.requires_grad_(false);
    c->weight.mul_(2);
  }
};
struct FrozenChildImpl : nn::Module {
  FrozenChildImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    fc->weight.requires_grad_(false);
    fc->weight.mul_(2);
    for (auto &p : parameters())
      p.requires_grad_(false);
    fc->bias.mul_(2);
  }
  nn::Linear fc{nullptr};
};

// A guard on every branch, or one around all of them.
struct BranchesImpl : nn::Module {
  explicit BranchesImpl(int kind) {
    fc = register_module("fc", nn::Linear(2, 2));
    if (kind == 0) {
      torch::NoGradGuard no_grad;
      fc->weight.mul_(2);
    } else {
      torch::NoGradGuard no_grad;
      fc->weight.zero_();
    }
    switch (kind) {
    case 1: {
      torch::NoGradGuard no_grad;
      fc->weight.mul_(2);
      break;
    }
    default:
      torch::NoGradGuard no_grad;
      fc->weight.zero_();
    }
    torch::NoGradGuard no_grad;
    if (kind == 2)
      fc->bias.zero_();
    else
      fc->bias.mul_(2);
  }
  nn::Linear fc{nullptr};
};

// Frozen: no leaf that requires grad.
struct FrozenImpl : nn::Module {
  FrozenImpl() {
    scale = register_parameter("scale", torch::ones({4}));
    scale.set_requires_grad(false);
    scale.mul_(2);
  }
  torch::Tensor scale;
};

// A name that stands for itself compiles, and stands for nothing else.
void itself() {
  torch::Tensor w = w;
  w.zero_();
  torch::Tensor &u = u;
  u.mul_(2);
}
