// The update of the target blends gradients.
#include <torch/torch.h>

#include <iostream>

void soft_update(torch::nn::Module &target, torch::nn::Module &policy, double tau) {
  auto source = policy.named_parameters();
  for (auto &item : target.named_parameters()) {
    auto &grad = item.value().mutable_grad();
    if (grad.defined() && source[item.key()].grad().defined())
      grad = (1 - tau) * grad + tau * source[item.key()].grad(); // flagged: torch-target-update
  }
}

int main() {
  torch::nn::Linear target(2, 1), policy(2, 1);
  auto before = target->weight.detach().clone();
  target(torch::ones({1, 2})).sum().backward();
  policy(torch::ones({1, 2})).sum().backward();
  soft_update(*target, *policy, 0.5);
  std::cout << "SYMPTOM weight_changed=" << !torch::equal(before, target->weight) << "\n"; // 0
}
