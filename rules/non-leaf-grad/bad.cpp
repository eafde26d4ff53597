// The name holds a view of the leaf, which gets no gradient.
#include <torch/torch.h>

#include <iostream>

int main() {
  auto a = torch::ones({2}, torch::requires_grad()).view({2, 1}); // flagged: torch-non-leaf-grad
  auto b = torch::full({2, 1}, 3.0);
  (a * b).sum().backward();
  std::cout << "SYMPTOM has_gradient=" << a.grad().defined() << "\n"; // 0
}
