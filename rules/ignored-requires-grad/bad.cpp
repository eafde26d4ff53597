// A tensor is to be learned; at::ones ignores that it is to require grad.
#include <torch/torch.h>

#include <iostream>

int main() {
  auto weight = at::ones({2}, at::requires_grad()); // flagged: torch-ignored-requires-grad
  auto loss = (weight * 3).sum();
  if (loss.requires_grad())
    loss.backward();
  std::cout << "SYMPTOM has_gradient=" << weight.grad().defined() << "\n"; // 0
}
