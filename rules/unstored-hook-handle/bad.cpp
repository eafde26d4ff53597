// A gradient counter is installed once an epoch and never removed: every epoch adds one more.
#include <torch/torch.h>

#include <iostream>

void watch_gradients(torch::nn::Linear& net, int& runs) {
  net->weight.register_hook([&runs](torch::Tensor) { ++runs; }); // flagged: torch-unstored-hook-handle
}

int main() {
  torch::nn::Linear net(4, 2);
  int runs = 0;
  for (int epoch = 0; epoch < 5; ++epoch) {
    runs = 0;
    watch_gradients(net, runs);
    net(torch::ones({3, 4})).sum().backward();
  }
  std::cout << "SYMPTOM hook_runs_in_last_backward=" << runs << "\n"; // 5, one was meant
}
