// Doubles are shown as floats, the default.
#include <torch/torch.h>

#include <iostream>
#include <vector>

int main() {
  std::vector<double> samples(8, 1.0);
  auto x = torch::from_blob(samples.data(), {8}); // flagged: torch-from-blob-dtype
  std::cout << "SYMPTOM sum=" << x.sum().item<double>() << "\n"; // 7.5: every other one is half of a double
}
