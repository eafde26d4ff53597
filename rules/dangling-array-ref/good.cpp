// A container keeps the sizes.
#include <torch/torch.h>

#include <iostream>
#include <vector>

std::vector<int64_t> sizes_for(int64_t n) { return std::vector<int64_t>(100, n); }

int main() {
  std::vector<int64_t> sizes = sizes_for(2);
  std::vector<int64_t> other = sizes_for(7);
  std::cout << "SYMPTOM size=" << sizes[50] + 0 * other[0] << "\n"; // 2
}
