// RUN: %check torch-advice-functional-activation %s --config='{CheckOptions: {torch-advice-functional-activation.IgnoredActivations: "sigmoid"}}' | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
namespace F = torch::nn::functional;

// Registered activations, in a Sequential or as members.
struct GoodImpl : nn::Module {
  GoodImpl()
      : act(register_module("act", nn::ReLU())),
        seq(register_module("seq", nn::Sequential(nn::Linear(2, 2), nn::Tanh()))) {}
  torch::Tensor forward(torch::Tensor x) {
    x = act(seq->forward(x));
    x = act->forward(x);
    // No activation that one would swap: normalisation, dropout, pooling, losses, arithmetic.
    x = torch::softmax(x, 1);
    x = torch::log_softmax(x, 1);
    x = F::dropout(x, F::DropoutFuncOptions().p(0.5).training(is_training()));
    x = torch::max_pool2d(x, 2);
    x = F::mse_loss(x, x);
    x = x.exp().clamp_min(0).abs().sqrt();
    // A gate, by option.
    return torch::sigmoid(x) * x;
  }
  // Outside forward.
  torch::Tensor loss(torch::Tensor x) { return torch::relu(1 - x).mean(); }
  torch::Tensor plot(torch::Tensor x) { return x.tanh(); }
  nn::ReLU act;
  nn::Sequential seq;
};
// A free function and a class that is no module.
torch::Tensor hinge(torch::Tensor x) { return torch::relu(x); }
struct Filter {
  torch::Tensor forward(torch::Tensor x) { return torch::relu(x); }
};
// Names of the project's own, standard functions on numbers.
struct OwnImpl : nn::Module {
  torch::Tensor relu(torch::Tensor x) { return x; }
  torch::Tensor forward(torch::Tensor x) {
    double d = std::tanh(0.5);
    return relu(x) * d;
  }
};
