// RUN: %check torch-loss-input %s | FileCheck %s --implicit-check-not='{{warning|error}}:' --allow-empty
#include <torch/torch.h>

using torch::Tensor;
namespace nn = torch::nn;
namespace F = torch::nn::functional;

// --- as they are meant ---------------------------------------------------------------------------

void right(nn::Linear net, Tensor x, Tensor y) {
  F::cross_entropy(net(x), y);
  torch::nll_loss(torch::log_softmax(net(x), 1), y);
  torch::nll_loss(torch::softmax(net(x), 1).log(), y);
  torch::binary_cross_entropy(torch::sigmoid(net(x)), y);
  torch::binary_cross_entropy_with_logits(net(x), y);
  F::kl_div(torch::log_softmax(net(x), 1), torch::softmax(net(y), 1)); // the target is one of probabilities
  torch::mse_loss(torch::softmax(net(x), 1), y);
  // A logarithm twice is the first.
  F::cross_entropy(torch::log_softmax(net(x), 1), y);
  // For each class by itself.
  torch::binary_cross_entropy(torch::softmax(net(x), 1), y);
}
// Probabilities are looked at, and the loss has the scores.
void both(nn::Linear net, Tensor x, Tensor y) {
  Tensor out = net(x);
  Tensor p = torch::softmax(out, 1);
  F::cross_entropy(out, y);
  p.argmax(1);
}
void later(nn::Linear net, Tensor x, Tensor y) {
  Tensor out = net(x);
  torch::nll_loss(out.log_softmax(1), y);
  out = torch::softmax(out, 1);
}

// --- not the same everywhere ---------------------------------------------------------------------

struct NetImpl : nn::Module {
  Tensor forward(Tensor x) {
    x = fc(x);
    if (!is_training())
      x = torch::softmax(x, 1);
    return x;
  }
  nn::Linear fc{register_module("fc", nn::Linear(4, 4))};
};
TORCH_MODULE(Net);
struct TwoImpl : nn::Module {
  Tensor forward(Tensor x) { return is_training() ? fc(x) : torch::softmax(fc(x), 1); }
  nn::Linear fc{register_module("fc", nn::Linear(4, 4))};
};
TORCH_MODULE(Two);
void in_eval(Net net, Two two, Tensor x, Tensor y) {
  F::cross_entropy(net(x), y);
  F::cross_entropy(two(x), y);
}

// --- not what they were --------------------------------------------------------------------------

void arithmetic(nn::Linear net, Tensor x, Tensor y) {
  F::cross_entropy(torch::softmax(net(x), 1) * 10, y);
  Tensor p = torch::softmax(net(x), 1);
  p.log_();
  torch::nll_loss(p, y);
  Tensor q = torch::softmax(net(x), 1);
  q += 1e-6;
  torch::nll_loss(q.log(), y);
  Tensor scaled = net(x);
  scaled.clamp_(0, 1);
  torch::binary_cross_entropy(scaled, y);
}

// --- unknown -------------------------------------------------------------------------------------

struct Base : nn::Module {
  virtual Tensor forward(Tensor x) { return torch::softmax(x, 1); }
};
Tensor elsewhere(Tensor x);
void unknown(Base &base, nn::Sequential given, Tensor p, Tensor x, Tensor y) {
  F::cross_entropy(base.forward(x), y);
  F::cross_entropy(given->forward(x), y);
  F::cross_entropy(p, y);
  F::cross_entropy(elsewhere(x), y);
  torch::nll_loss(torch::relu(x), y);
}
void loop(std::vector<nn::Linear> layers, Tensor x, Tensor y) {
  for (auto &layer : layers)
    x = layer(x);
  torch::nll_loss(x, y);
}
