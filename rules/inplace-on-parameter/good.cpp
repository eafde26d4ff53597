// Weight clipping under a guard.
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Linear net(4, 2);
  bool thrown = false;
  try {
    torch::NoGradGuard no_grad;
    for (auto& parameter : net->parameters()) {
      parameter.clamp_(-0.01, 0.01);
    }
  } catch (const c10::Error&) {
    thrown = true;
  }
  std::cout << "SYMPTOM exception=" << thrown << "\n"; // 0
}
