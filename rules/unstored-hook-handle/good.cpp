// The handle is kept by an object that removes the hook when the epoch is over.
#include <torch/torch.h>

#include <iostream>

class GradientWatch {
 public:
  GradientWatch(torch::Tensor tensor, int& runs) : tensor_(tensor) {
    handle_ = tensor_.register_hook([&runs](torch::Tensor) { ++runs; });
  }
  ~GradientWatch() {
    tensor_.remove_hook(handle_);
  }
  GradientWatch(const GradientWatch&) = delete;
  GradientWatch& operator=(const GradientWatch&) = delete;

 private:
  torch::Tensor tensor_;
  unsigned handle_;
};

int main() {
  torch::nn::Linear net(4, 2);
  int runs = 0;
  for (int epoch = 0; epoch < 5; ++epoch) {
    runs = 0;
    GradientWatch watch(net->weight, runs);
    net(torch::ones({3, 4})).sum().backward();
  }
  std::cout << "SYMPTOM hook_runs_in_last_backward=" << runs << "\n"; // 1
}
