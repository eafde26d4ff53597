// The worker has a guard of its own.
#include <torch/torch.h>

#include <iostream>
#include <thread>

int main() {
  torch::nn::Linear net(4, 2);
  torch::Tensor output;
  std::thread worker([&] {
    torch::NoGradGuard no_grad;
    output = net->forward(torch::ones({1, 4}));
  });
  worker.join();
  std::cout << "SYMPTOM records_graph=" << output.requires_grad() << "\n"; // 0
}
