// The converted tensor is a temporary: its memory is free again when the pointer is read.
#include <torch/torch.h>

#include <iostream>
#include <vector>

int main() {
  auto t = torch::ones({1024});
  auto* pointer = t.to(torch::kInt).data_ptr<int>(); // flagged: torch-dangling-tensor-memory
  std::vector<int> other(1024, 7); // gets the memory that was freed
  std::cout << "SYMPTOM value=" << pointer[512] + 0 * other[0] << "\n"; // 7 instead of 1, mostly
}
