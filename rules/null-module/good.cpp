// The shortcut is a Sequential that is always there, and empty where the input is added as it is.
#include <torch/torch.h>

#include <iostream>

struct BlockImpl : torch::nn::Module {
  BlockImpl(int64_t in, int64_t out) {
    conv = register_module("conv", torch::nn::Linear(in, out));
    skip = register_module("skip", torch::nn::Sequential());
    if (in != out) {
      skip->push_back(torch::nn::Linear(in, out));
    }
  }
  torch::Tensor forward(torch::Tensor x) {
    return torch::relu(conv(x)) + (skip->is_empty() ? x : skip->forward(x));
  }
  torch::nn::Linear conv{nullptr};
  torch::nn::Sequential skip{nullptr};
};
TORCH_MODULE(Block);

int main() {
  int throws = 0;
  for (int64_t out : {2, 4}) {
    Block block(4, out);
    try {
      block->forward(torch::ones({1, 4}));
    } catch (const c10::Error& error) {
      std::cerr << error.what_without_backtrace() << "\n";
      ++throws;
    }
  }
  std::cout << "SYMPTOM blocks_that_throw=" << throws << "\n"; // 0 of 2
}
