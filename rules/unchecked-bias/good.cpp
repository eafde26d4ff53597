// The initialiser asks whether there is a bias.
#include <torch/torch.h>

#include <iostream>

void init_weights(torch::nn::Module& module) {
  if (auto* linear = module.as<torch::nn::Linear>()) {
    torch::nn::init::xavier_uniform_(linear->weight);
    if (linear->bias.defined()) {
      torch::nn::init::zeros_(linear->bias);
    }
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
  std::cout << "SYMPTOM exception=" << thrown << "\n"; // 0
}
