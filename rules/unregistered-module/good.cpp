// The dropout layer is registered, so that eval() reaches it.
#include <torch/torch.h>

#include <iostream>

struct ClassifierImpl : torch::nn::Module {
  ClassifierImpl() : drop(register_module("drop", torch::nn::Dropout(0.5))) {
    fc = register_module("fc", torch::nn::Linear(64, 2));
  }
  torch::Tensor forward(torch::Tensor x) {
    return fc(drop(x));
  }
  torch::nn::Dropout drop;
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
  std::cout << "SYMPTOM eval_is_deterministic=" << first.equal(second) << "\n"; // 1
}
