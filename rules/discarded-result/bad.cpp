// Pixels are to be clamped to [0, 1]; the clamped tensor is thrown away.
#include <torch/torch.h>

#include <iostream>

int main() {
  auto image = torch::full({4}, 2.0);
  image.clamp(0, 1); // flagged: torch-discarded-result
  std::cout << "SYMPTOM brightest=" << image.max().item<double>() << "\n"; // 2
}
