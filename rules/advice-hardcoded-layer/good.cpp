// The block takes a factory for its norm; the default stays what it was.
#include <torch/torch.h>

#include <functional>
#include <iostream>

using NormFactory = std::function<torch::nn::AnyModule(int64_t)>;

torch::nn::AnyModule batch_norm(int64_t channels) {
  return torch::nn::AnyModule(torch::nn::BatchNorm1d(channels));
}
torch::nn::AnyModule layer_norm(int64_t channels) {
  return torch::nn::AnyModule(torch::nn::LayerNorm(std::vector<int64_t>{channels}));
}

struct BlockImpl : torch::nn::Module {
  BlockImpl(int64_t in, int64_t out, const NormFactory& make_norm = batch_norm)
      : fc(register_module("fc", torch::nn::Linear(in, out))), norm(make_norm(out)) {
    register_module("norm", norm.ptr());
  }
  torch::Tensor forward(torch::Tensor x) {
    return torch::relu(norm.forward<torch::Tensor>(fc->forward(x)));
  }
  torch::nn::Linear fc;
  torch::nn::AnyModule norm;
};
TORCH_MODULE(Block);

int main() {
  torch::nn::Sequential net(Block(4, 8, layer_norm), Block(8, 2, layer_norm));
  bool trains = true;
  try {
    net->forward(torch::ones({1, 4}));
  } catch (const std::exception&) {
    trains = false;
  }
  std::cout << "SYMPTOM trains_on_one_sample=" << trains << "\n"; // 1
}
