// The result of view() is itself the leaf.
#include <torch/torch.h>

#include <iostream>

int main() {
  auto a = torch::ones({2}).view({2, 1}).requires_grad_();
  auto b = torch::full({2, 1}, 3.0);
  (a * b).sum().backward();
  std::cout << "SYMPTOM has_gradient=" << a.grad().defined() << "\n"; // 1
}
