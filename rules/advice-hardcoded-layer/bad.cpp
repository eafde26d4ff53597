// A block with a fixed BatchNorm: where batches hold one sample it cannot be trained, and nothing can be chosen instead.
#include <torch/torch.h>

#include <iostream>

struct BlockImpl : torch::nn::Module {
  BlockImpl(int64_t in, int64_t out)
      : fc(register_module("fc", torch::nn::Linear(in, out))),
        norm(register_module("norm", torch::nn::BatchNorm1d(out))) {} // flagged: torch-advice-hardcoded-layer
  torch::Tensor forward(torch::Tensor x) {
    return torch::relu(norm->forward(fc->forward(x)));
  }
  torch::nn::Linear fc;
  torch::nn::BatchNorm1d norm;
};
TORCH_MODULE(Block);

int main() {
  torch::nn::Sequential net(Block(4, 8), Block(8, 2));
  bool trains = true;
  try {
    net->forward(torch::ones({1, 4}));
  } catch (const std::exception&) {
    trains = false;
  }
  std::cout << "SYMPTOM trains_on_one_sample=" << trains << "\n"; // 0
}
