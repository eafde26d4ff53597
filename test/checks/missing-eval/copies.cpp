// Weights that are copied from a model in memory, and a round trip in a test.
// RUN: %check torch-missing-eval %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <sstream>

struct NetImpl : torch::nn::Module {
  NetImpl() { drop = register_module("drop", torch::nn::Dropout(0.5)); }
  torch::Tensor forward(torch::Tensor x) { return drop(x); }
  torch::nn::Dropout drop{nullptr};
};
TORCH_MODULE(Net);

torch::Tensor copied(Net net, torch::Tensor x) {
  std::stringstream stream;
  torch::save(net, stream);
  Net copy;
  torch::load(copy, stream);
  return copy(x);
}
bool testRoundTrip() {
  Net a;
  torch::load(a, "a.pt");
  return a(torch::ones({1})).defined();
}
