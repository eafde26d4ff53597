// RUN: %check torch-advice-hardcoded-layer %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

struct BlockImpl : nn::Module {
  BlockImpl(int64_t in, int64_t out)
      : conv(register_module("conv", nn::Conv2d(in, out, 3))),
        norm(register_module("norm", nn::BatchNorm2d(out))) {}
  // CHECK: :[[@LINE-1]]:38: warning: 'BlockImpl' is built at 2 places and fixes both 'BatchNorm2d' and 'relu': a variant with another norm or activation needs a copy of the class [torch-advice-hardcoded-layer]
  // CHECK: :[[@LINE-4]]:3: note: a parameter 'std::function<torch::nn::AnyModule(int64_t)> norm' would let the caller choose
  torch::Tensor forward(torch::Tensor x) { return torch::relu(norm(conv(x))); }
  nn::Conv2d conv;
  nn::BatchNorm2d norm;
};
TORCH_MODULE(Block);

struct EncoderImpl : nn::Module {
  explicit EncoderImpl(int64_t width) {
    seq->push_back(nn::Linear(width, width));
    seq->push_back(nn::LayerNorm(std::vector<int64_t>{width}));
    // CHECK: :[[@LINE-1]]:20: warning: 'EncoderImpl' is built at 2 places and fixes both 'LayerNorm' and 'GELU'
    // CHECK: note: a parameter
    seq->push_back(nn::GELU());
    register_module("seq", seq);
  }
  torch::Tensor forward(torch::Tensor x) { return seq->forward(x); }
  nn::Sequential seq;
};

struct NetImpl : nn::Module {
  NetImpl()
      : a(register_module("a", Block(3, 8))), b(register_module("b", Block(8, 8))),
        c(register_module("c", std::make_shared<EncoderImpl>(8))),
        d(register_module("d", std::make_shared<EncoderImpl>(8))) {}
  Block a, b;
  std::shared_ptr<EncoderImpl> c, d;
};
