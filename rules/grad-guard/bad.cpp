// A worker runs the model under its caller's guard; the guard is the caller's alone.
#include <torch/torch.h>

#include <iostream>
#include <thread>

int main() {
  torch::nn::Linear net(4, 2);
  torch::Tensor output;
  torch::NoGradGuard no_grad;
  std::thread worker([&] {
    output = net->forward(torch::ones({1, 4})); // flagged: torch-grad-guard
  });
  worker.join();
  std::cout << "SYMPTOM records_graph=" << output.requires_grad() << "\n"; // 1
}
