// A file that trains: the mode may be meant, as a generator's is.
// RUN: %check torch-missing-eval %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

struct NetImpl : torch::nn::Module {
  NetImpl() { drop = register_module("drop", torch::nn::Dropout(0.5)); }
  torch::Tensor forward(torch::Tensor x) { return drop(x); }
  torch::nn::Dropout drop{nullptr};
};
TORCH_MODULE(Net);

int main() {
  Net net;
  torch::load(net, "net.pt");
  auto sample = net->forward(torch::ones({1, 4}));
  torch::optim::Adam optimizer(net->parameters(), 1e-3);
  net->forward(sample).sum().backward();
  optimizer.step();
}
