// The last layer is a registered member.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl() {
    body = register_module("body", torch::nn::Linear(4, 4));
    head = register_module("head", torch::nn::Linear(4, 2));
  }
  torch::Tensor forward(torch::Tensor x) {
    x = torch::tanh(body(x));
    return head(x);
  }
  torch::nn::Linear body{nullptr}, head{nullptr};
};
TORCH_MODULE(Net);

int main() {
  torch::manual_seed(0);
  Net net;
  net->eval();
  torch::NoGradGuard no_grad;
  auto x = torch::ones({1, 4});
  auto first = net(x), second = net(x);
  std::cout << "SYMPTOM two_calls_agree=" << first.equal(second) << "\n"; // 1
}
