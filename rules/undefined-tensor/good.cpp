// Room for two frames, and two frames.
#include <torch/torch.h>

#include <iostream>
#include <vector>

int main() {
  std::vector<torch::Tensor> frames;
  frames.reserve(2);
  for (int i = 0; i < 2; ++i)
    frames.push_back(torch::ones({3}));
  bool thrown = false;
  try {
    torch::stack(frames).sum().item<double>();
  } catch (const c10::Error&) {
    thrown = true;
  }
  std::cout << "SYMPTOM exception=" << thrown << "\n"; // 0
}
