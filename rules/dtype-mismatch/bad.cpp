// Indices are 64-bit integers and are read as 32-bit ones.
#include <torch/torch.h>

#include <iostream>

int main() {
  auto scores = torch::tensor({0.1, 0.9, 0.2, 0.8});
  auto indices = std::get<1>(scores.topk(2)).contiguous();
  const int *best = (int *)indices.data_ptr(); // flagged: torch-dtype-mismatch
  std::cout << "SYMPTOM second=" << best[1] << "\n"; // 0: the upper half of the first index
  try {
    indices.data_ptr<int>(); // flagged: torch-dtype-mismatch
    std::cout << "SYMPTOM throws=0\n";
  } catch (const c10::Error &) { // expected scalar type Int but found Long
    std::cout << "SYMPTOM throws=1\n";
  }
}
