// The converted tensor has a name, and lives as long.
#include <torch/torch.h>

#include <iostream>
#include <vector>

int main() {
  auto t = torch::ones({1024});
  auto converted = t.to(torch::kInt);
  auto* pointer = converted.data_ptr<int>();
  std::vector<int> other(1024, 7);
  std::cout << "SYMPTOM value=" << pointer[512] + 0 * other[0] << "\n"; // 1
}
