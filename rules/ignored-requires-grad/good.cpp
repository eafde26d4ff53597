// torch::ones heeds the flag.
#include <torch/torch.h>

#include <iostream>

int main() {
  auto weight = torch::ones({2}, torch::requires_grad());
  auto loss = (weight * 3).sum();
  if (loss.requires_grad())
    loss.backward();
  std::cout << "SYMPTOM has_gradient=" << weight.grad().defined() << "\n"; // 1
}
