// Weight clipping changes the parameters in place while gradients are recorded.
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Linear net(4, 2);
  bool thrown = false;
  try {
    for (auto& parameter : net->parameters()) {
      parameter.clamp_(-0.01, 0.01); // flagged: torch-inplace-on-parameter
    }
  } catch (const c10::Error&) {
    thrown = true;
  }
  std::cout << "SYMPTOM exception=" << thrown << "\n"; // 1: a leaf that requires grad is changed in place
}
