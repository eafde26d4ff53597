// The gradient is halved for one step. When the step throws, the hook stays, and later steps are
// halved too.
#include <torch/torch.h>

#include <iostream>

void half_step(torch::nn::Linear& net, torch::Tensor x) {
  unsigned handle = net->weight.register_hook( // flagged: torch-unscoped-hook
      [](torch::Tensor grad) { return grad * 0.5; });
  net(x).sum().backward();
  net->weight.remove_hook(handle);
}

int main() {
  torch::nn::Linear net(4, 1);
  try {
    half_step(net, torch::ones({2, 3})); // wrong shape: throws
  } catch (const c10::Error&) {
  }
  net->zero_grad();
  net(torch::ones({1, 4})).sum().backward();
  double gradient = net->weight.grad()[0][0].item<double>();
  std::cout << "SYMPTOM gradient_factor=" << gradient << "\n"; // 0.5
}
