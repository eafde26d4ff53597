// One scheme for whatever is a parameter.
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Sequential net(torch::nn::Linear(4, 8), torch::nn::ReLU(), torch::nn::Linear(8, 2));
  bool thrown = false;
  try {
    for (auto& parameter : net->parameters()) {
      torch::nn::init::xavier_uniform_(parameter); // flagged: torch-advice-single-init
    }
  } catch (const c10::Error&) {
    thrown = true;
  }
  std::cout << "SYMPTOM exception=" << thrown << "\n"; // 1: no fan for a bias
}
