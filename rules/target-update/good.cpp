// The update of the target blends the weights.
#include <torch/torch.h>

#include <iostream>

void soft_update(torch::nn::Module &target, torch::nn::Module &policy, double tau) {
  auto source = policy.named_parameters();
  torch::NoGradGuard no_grad;
  for (auto &item : target.named_parameters())
    item.value().mul_(1 - tau).add_(source[item.key()], tau);
}

int main() {
  torch::nn::Linear target(2, 1), policy(2, 1);
  auto before = target->weight.detach().clone();
  target(torch::ones({1, 2})).sum().backward();
  policy(torch::ones({1, 2})).sum().backward();
  soft_update(*target, *policy, 0.5);
  std::cout << "SYMPTOM weight_changed=" << !torch::equal(before, target->weight) << "\n"; // 1
}
