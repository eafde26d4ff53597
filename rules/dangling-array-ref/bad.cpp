// The list of sizes is gone when the tensor is made: another stands in its place.
#include <torch/torch.h>

#include <iostream>
#include <vector>

std::vector<int64_t> sizes_for(int64_t n) { return std::vector<int64_t>(100, n); }

int main() {
  torch::IntArrayRef sizes = sizes_for(2); // flagged: torch-dangling-array-ref
  std::vector<int64_t> other = sizes_for(7); // gets the memory that was freed
  std::cout << "SYMPTOM size=" << sizes[50] + 0 * other[0] << "\n"; // 7 instead of 2, mostly
}
