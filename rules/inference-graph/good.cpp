// Inference under a guard.
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Linear net(4, 2);
  net->eval();
  torch::NoGradGuard no_grad;
  auto output = net->forward(torch::ones({1, 4}));
  std::cout << "SYMPTOM records_graph=" << output.requires_grad() << "\n"; // 0
}
