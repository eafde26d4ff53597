// The activation is a registered child.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl()
      : fc(register_module("fc", torch::nn::Linear(4, 4))),
        activation(register_module("activation", torch::nn::ReLU())) {}
  torch::Tensor forward(torch::Tensor x) {
    return activation->forward(fc->forward(x));
  }
  torch::nn::Linear fc;
  torch::nn::ReLU activation;
};

int main() {
  auto net = std::make_shared<NetImpl>();
  net->forward(torch::ones({1, 4}));
  int found = 0;
  for (auto& module : net->modules()) {
    found += module->as<torch::nn::ReLU>() != nullptr;
  }
  std::cout << "SYMPTOM activations_in_tree=" << found << "\n"; // 1
}
