// The clamped tensor takes the place of the image.
#include <torch/torch.h>

#include <iostream>

int main() {
  auto image = torch::full({4}, 2.0);
  image = image.clamp(0, 1);
  std::cout << "SYMPTOM brightest=" << image.max().item<double>() << "\n"; // 1
}
