// A scheme for each kind of layer and parameter.
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Sequential net(torch::nn::Linear(4, 8), torch::nn::ReLU(), torch::nn::Linear(8, 2));
  bool thrown = false;
  try {
    for (auto& module : net->modules()) {
      if (auto* linear = module->as<torch::nn::Linear>()) {
        torch::nn::init::kaiming_uniform_(linear->weight, 0, torch::kFanIn, torch::kReLU);
        if (linear->bias.defined()) {
          torch::nn::init::zeros_(linear->bias);
        }
      }
    }
  } catch (const c10::Error&) {
    thrown = true;
  }
  std::cout << "SYMPTOM exception=" << thrown << "\n"; // 0
}
