// A schedule sets the learning rate through a reference.
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Linear net(4, 1);
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (auto &group : optimizer.param_groups()) {
    auto &options = static_cast<torch::optim::SGDOptions &>(group.options());
    options.lr(0.01);
  }
  std::cout << "SYMPTOM lr=" << optimizer.param_groups()[0].options().get_lr() << "\n"; // 0.01
}
