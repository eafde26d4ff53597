// A schedule sets the learning rate in a copy of the options.
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Linear net(4, 1);
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (auto &group : optimizer.param_groups()) {
    auto options = static_cast<torch::optim::SGDOptions &>(group.options()); // flagged: torch-optimizer-options-copy
    options.lr(0.01);
  }
  std::cout << "SYMPTOM lr=" << optimizer.param_groups()[0].options().get_lr() << "\n"; // 0.1
}
