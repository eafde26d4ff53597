// A program that only runs its models: nothing trains, saves, moves or lists them, whatever is registered.
// RUN: %check torch-unregistered-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Parts by value, each moved by hand to where it runs.
struct Part : nn::Module {
  Part(int64_t in, int64_t out) : conv(nn::Conv2dOptions(in, out, 1)) { register_module("conv", conv); }
  Tensor forward(Tensor x) { return conv(x); }
  nn::Conv2d conv;
};
struct Split : nn::Module {
  Split() : first(nn::Conv2dOptions(3, 8, 1)), second(8, 8), third(8, 8) {
    register_module("first", first);
    second.to(torch::kCUDA);
    third.to(torch::kCUDA);
  }
  Tensor forward(Tensor x) {
    x = first(x);
    x = second.forward(x);
    return third.forward(x);
  }
  nn::Conv2d first;
  Part second, third;
};

struct PlainImpl : nn::Module {
  PlainImpl() : fc(4, 4) {}
  Tensor forward(Tensor x) { return scaled(fc(x)); }
  Tensor scaled(Tensor x) { return x * 2; }
  nn::Linear fc;
};
TORCH_MODULE(Plain);

int main() {
  Split model;
  Tensor output = model.forward(torch::ones({1, 3, 8, 8}));
  for (int i = 0; i < 100; ++i)
    output = model.forward(output);
  Plain plain;
  auto shared = std::make_shared<PlainImpl>();
  return static_cast<int>((plain(output) + plain->forward(output) + shared->scaled(output)).size(0));
}
