// Doubles are shown as doubles.
#include <torch/torch.h>

#include <iostream>
#include <vector>

int main() {
  std::vector<double> samples(8, 1.0);
  auto x = torch::from_blob(samples.data(), {8}, torch::kDouble);
  std::cout << "SYMPTOM sum=" << x.sum().item<double>() << "\n"; // 8
}
