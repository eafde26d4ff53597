// The tensor shows the memory of a vector that is gone when the function returns.
#include <torch/torch.h>

#include <iostream>
#include <vector>

torch::Tensor make() {
  std::vector<float> values(1024, 1.0f);
  return torch::from_blob(values.data(), {1024}); // flagged: torch-from-blob-lifetime
}

int main() {
  auto tensor = make();
  std::vector<float> other(1024, 7.0f); // gets the memory that was freed
  std::cout << "SYMPTOM first_value=" << tensor[0].item<float>() + 0 * other[0] << "\n"; // 7 instead of 1, mostly
}
