// The loaded model is put into eval().
#include <torch/torch.h>

#include <iostream>
#include <sstream>

struct NetImpl : torch::nn::Module {
  NetImpl() {
    fc = register_module("fc", torch::nn::Linear(16, 64));
    drop = register_module("drop", torch::nn::Dropout(0.5));
  }
  torch::Tensor forward(torch::Tensor x) { return drop(fc(x)); }
  torch::nn::Linear fc{nullptr};
  torch::nn::Dropout drop{nullptr};
};
TORCH_MODULE(Net);

int main() {
  std::stringstream file;
  torch::save(Net(), file);
  Net net;
  torch::load(net, file);
  net->eval();
  torch::NoGradGuard no_grad;
  auto x = torch::ones({1, 16});
  auto first = net->forward(x);
  auto second = net->forward(x);
  std::cout << "SYMPTOM same_result=" << torch::equal(first, second) << "\n"; // 1
}
