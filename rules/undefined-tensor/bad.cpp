// Two frames are added behind two undefined tensors.
#include <torch/torch.h>

#include <iostream>
#include <vector>

int main() {
  std::vector<torch::Tensor> frames(2); // flagged: torch-undefined-tensor
  for (int i = 0; i < 2; ++i)
    frames.push_back(torch::ones({3}));
  bool thrown = false;
  try {
    torch::stack(frames).sum().item<double>();
  } catch (const c10::Error&) {
    thrown = true;
  }
  std::cout << "SYMPTOM exception=" << thrown << "\n"; // 1
}
