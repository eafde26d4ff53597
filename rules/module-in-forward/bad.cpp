// The last layer is made anew at every call.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl() {
    body = register_module("body", torch::nn::Linear(4, 4));
  }
  torch::Tensor forward(torch::Tensor x) {
    x = torch::tanh(body(x));
    auto head = torch::nn::Linear(4, 2); // flagged: torch-module-in-forward
    return head(x);
  }
  torch::nn::Linear body{nullptr};
};
TORCH_MODULE(Net);

int main() {
  torch::manual_seed(0);
  Net net;
  net->eval();
  torch::NoGradGuard no_grad;
  auto x = torch::ones({1, 4});
  auto first = net(x), second = net(x);
  std::cout << "SYMPTOM two_calls_agree=" << first.equal(second) << "\n"; // 0
}
