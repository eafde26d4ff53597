// Modules that are copied as objects: each copy lists, runs and trains what belongs to the original.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl() {
    fc = register_module("fc", torch::nn::Linear(1, 1));
    drop = register_module("drop", torch::nn::Dropout(0.5));
  }
  torch::Tensor forward(torch::Tensor x) { return drop(fc(x)); }
  torch::nn::Linear fc{nullptr};
  torch::nn::Dropout drop{nullptr};
};
TORCH_MODULE(Net);

struct DeepImpl : torch::nn::Module {
  DeepImpl() { fc = register_module("fc", torch::nn::Linear(1, 1)); }
  DeepImpl(const DeepImpl &other) : torch::nn::Module(other) { // flagged: torch-module-copy
    fc = register_module("fc", torch::nn::Linear(1, 1));
  }
  torch::nn::Linear fc{nullptr};
};

struct NoisyBlock : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return is_training() ? x + torch::randn_like(x) : x; }
};

void fill(torch::nn::Module &module, double value) {
  torch::NoGradGuard no_grad;
  for (auto &parameter : module.parameters())
    parameter.fill_(value);
}

int main() {
  Net net;
  fill(*net, 1);
  NetImpl target = *net; // flagged: torch-module-copy
  fill(target, 2);
  std::cout << "SYMPTOM original_weight=" << net->fc->weight.item<float>() << "\n"; // 2

  target.eval();
  std::cout << "SYMPTOM net_training=" << net->is_training() << " its_dropout=" << net->drop->is_training() << "\n";

  NoisyBlock block;
  torch::nn::Sequential chain;
  chain->push_back(block); // flagged: torch-module-copy
  block.eval();
  auto x = torch::ones({3});
  std::cout << "SYMPTOM evaluates=" << torch::equal(chain->forward(x), x) << "\n"; // 0

  NetImpl layer;
  torch::nn::Sequential stack;
  for (int i = 0; i < 3; ++i)
    stack->push_back(layer); // flagged: torch-module-copy
  auto parameters = stack->parameters();
  std::cout << "SYMPTOM layers_share=" << parameters[0].is_same(parameters[2]) << "\n"; // 1

  DeepImpl deep;
  bool throws = false;
  try {
    DeepImpl copy(deep);
  } catch (const c10::Error &) {
    throws = true;
  }
  std::cout << "SYMPTOM copy_throws=" << throws << "\n"; // 1
}
