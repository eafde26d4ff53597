// A transposed matrix is copied row by row; its memory is still that of the original.
#include <torch/torch.h>

#include <iostream>
#include <vector>

int main() {
  auto matrix = torch::arange(6, torch::kFloat).view({2, 3});
  auto turned = matrix.t();
  const float* begin = turned.data_ptr<float>();
  std::vector<float> values(begin, begin + turned.numel()); // flagged: torch-strided-memory
  std::cout << "SYMPTOM second_value=" << values[1] << "\n"; // 1, but turned[0][1] is 3
}
