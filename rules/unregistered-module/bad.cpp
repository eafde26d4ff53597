// The dropout layer is constructed in the initialiser list and not registered.
#include <torch/torch.h>

#include <iostream>

struct ClassifierImpl : torch::nn::Module {
  ClassifierImpl() : drop(torch::nn::DropoutOptions(0.5)) {
    fc = register_module("fc", torch::nn::Linear(64, 2));
  }
  torch::Tensor forward(torch::Tensor x) {
    return fc(drop(x));
  }
  torch::nn::Dropout drop; // flagged: torch-unregistered-module
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Classifier);

int main() {
  torch::manual_seed(0);
  Classifier net;
  net->eval();
  torch::NoGradGuard no_grad;
  auto x = torch::ones({1, 64});
  auto first = net(x), second = net(x);
  std::cout << "SYMPTOM eval_is_deterministic=" << first.equal(second) << "\n"; // 0
}
