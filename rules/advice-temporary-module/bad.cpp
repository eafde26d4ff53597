// The activation is made for one call: whoever walks the module tree to watch or swap it finds none.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl() : fc(register_module("fc", torch::nn::Linear(4, 4))) {}
  torch::Tensor forward(torch::Tensor x) {
    return torch::nn::ReLU()(fc->forward(x)); // flagged: torch-advice-temporary-module
  }
  torch::nn::Linear fc;
};

int main() {
  auto net = std::make_shared<NetImpl>();
  net->forward(torch::ones({1, 4}));
  int found = 0;
  for (auto& module : net->modules()) {
    found += module->as<torch::nn::ReLU>() != nullptr;
  }
  std::cout << "SYMPTOM activations_in_tree=" << found << "\n"; // 0
}
