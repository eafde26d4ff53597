// An initialiser for any model takes every linear layer to have a bias.
#include <torch/torch.h>

#include <iostream>

void init_weights(torch::nn::Module& module) {
  if (auto* linear = module.as<torch::nn::Linear>()) {
    torch::nn::init::xavier_uniform_(linear->weight);
    torch::nn::init::zeros_(linear->bias); // flagged: torch-unchecked-bias
  }
}

int main() {
  torch::nn::Sequential net(
      torch::nn::Linear(torch::nn::LinearOptions(4, 8).bias(false)),
      torch::nn::BatchNorm1d(8),
      torch::nn::Linear(8, 2));
  bool thrown = false;
  try {
    net->apply(init_weights);
  } catch (const c10::Error&) {
    thrown = true;
  }
  std::cout << "SYMPTOM exception=" << thrown << "\n"; // 1: expected a proper Tensor but got None
}
