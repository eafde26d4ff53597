#include <torch/torch.h>

struct NetImpl : torch::nn::Module {
  NetImpl() {
    fc = register_module("fc", torch::nn::Linear(4, 4));
  }
  torch::Tensor forward(torch::Tensor x) { return drop(torch::relu(fc(x))); }
  torch::nn::Linear fc{nullptr};
  torch::nn::Dropout drop;
};
