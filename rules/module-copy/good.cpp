// The same, with what each copy was to be: a module of its own, or the same one.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Cloneable<NetImpl> {
  NetImpl() { reset(); }
  void reset() override {
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
  DeepImpl(const DeepImpl &other) {
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
  auto target = std::dynamic_pointer_cast<NetImpl>(net->clone());
  fill(*target, 2);
  std::cout << "SYMPTOM original_weight=" << net->fc->weight.item<float>() << "\n"; // 1

  target->eval();
  std::cout << "SYMPTOM net_training=" << net->is_training() << " its_dropout=" << net->drop->is_training() << "\n";

  auto block = std::make_shared<NoisyBlock>();
  torch::nn::Sequential chain;
  chain->push_back(block);
  block->eval();
  auto x = torch::ones({3});
  std::cout << "SYMPTOM evaluates=" << torch::equal(chain->forward(x), x) << "\n";

  torch::nn::Sequential stack;
  for (int i = 0; i < 3; ++i)
    stack->push_back(Net());
  auto parameters = stack->parameters();
  std::cout << "SYMPTOM layers_share=" << parameters[0].is_same(parameters[2]) << "\n";

  DeepImpl deep;
  bool throws = false;
  try {
    DeepImpl copy(deep);
  } catch (const c10::Error &) {
    throws = true;
  }
  std::cout << "SYMPTOM copy_throws=" << throws << "\n";
}
