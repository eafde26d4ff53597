// RUN: %check torch-advice-init-in-constructor %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Look-alike: helpers that only look, that initialise something else, or that reset_parameters() and main call.
static int64_t count(const torch::OrderedDict<std::string, Tensor> &params) {
  int64_t n = 0;
  for (auto &item : params)
    n += item.value().numel();
  return n;
}
static Tensor noise(nn::Linear layer) {
  auto t = torch::empty({2, 2});
  nn::init::normal_(t);
  return t + layer->weight.size(0);
}
static void draw(nn::Linear layer) { nn::init::xavier_uniform_(layer->weight); }
struct NetImpl : nn::Module {
  NetImpl() : fc(register_module("fc", nn::Linear(2, 2))) {
    size = count(named_parameters());
    offset = register_buffer("offset", noise(fc));
  }
  void reset_parameters() { draw(fc); }
  nn::Linear fc;
  int64_t size = 0;
  Tensor offset;
};
TORCH_MODULE(Net);
int main() {
  Net net;
  draw(net->fc);
}
