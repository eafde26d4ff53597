// The transposed matrix is copied into order first.
#include <torch/torch.h>

#include <iostream>
#include <vector>

int main() {
  auto matrix = torch::arange(6, torch::kFloat).view({2, 3});
  auto turned = matrix.t().contiguous();
  const float* begin = turned.data_ptr<float>();
  std::vector<float> values(begin, begin + turned.numel());
  std::cout << "SYMPTOM second_value=" << values[1] << "\n"; // 3
}
