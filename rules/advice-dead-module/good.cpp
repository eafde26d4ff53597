// Every member holds a module.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  torch::Tensor forward(torch::Tensor x) { return fc->forward(x); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Net);

int main() {
  Net net;
  const size_t members = (sizeof(NetImpl) - sizeof(torch::nn::Module)) / sizeof(torch::nn::Linear);
  std::cout << "SYMPTOM members_without_a_module=" << members - net->children().size() << "\n"; // 0
}
