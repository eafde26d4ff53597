// Predictions are detached.
#include <torch/torch.h>

#include <iostream>
#include <vector>

struct NetImpl : torch::nn::Module {
  NetImpl() {
    wide = register_module("wide", torch::nn::Linear(32, 512));
    narrow = register_module("narrow", torch::nn::Linear(512, 16));
  }
  torch::Tensor forward(torch::Tensor x) { return narrow(torch::relu(wide(x))); }
  torch::nn::Linear wide{nullptr}, narrow{nullptr};
};
TORCH_MODULE(Net);

int main() {
  Net net;
  std::vector<torch::Tensor> predictions;
  for (int i = 0; i < 100; ++i)
    predictions.push_back(net->forward(torch::randn({1, 32})).detach());
  int graphs = 0;
  for (const auto &prediction : predictions)
    graphs += prediction.requires_grad();
  std::cout << "SYMPTOM graphs_alive=" << graphs << "\n"; // 0
}
