// Indices are read as what they are.
#include <torch/torch.h>

#include <iostream>

int main() {
  auto scores = torch::tensor({0.1, 0.9, 0.2, 0.8});
  auto indices = std::get<1>(scores.topk(2)).contiguous();
  const int64_t *best = (int64_t *)indices.data_ptr();
  std::cout << "SYMPTOM second=" << best[1] << "\n"; // 3
  try {
    indices.data_ptr<int64_t>();
    std::cout << "SYMPTOM throws=0\n";
  } catch (const c10::Error &) {
    std::cout << "SYMPTOM throws=1\n";
  }
}
