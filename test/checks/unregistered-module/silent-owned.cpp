// RUN: %check torch-unregistered-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-raw-module-container %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

// Look-alike: the owner registers the members of its blocks itself, under the names that a file has.
struct OwnedBlockImpl : nn::Module {
  explicit OwnedBlockImpl(int64_t n) {
    conv = nn::Conv2d(nn::Conv2dOptions(n, n, 3));
    norm = nn::BatchNorm2d(n);
  }
  torch::Tensor forward(torch::Tensor x) { return norm(conv(x)); }
  nn::Conv2d conv{nullptr};
  nn::BatchNorm2d norm{nullptr};
};
TORCH_MODULE(OwnedBlock);
struct OwnerImpl : nn::Module {
  OwnerImpl() {
    for (int i = 0; i < 3; ++i) {
      auto block = OwnedBlock(8);
      register_module("block" + std::to_string(i) + "_conv", block->conv);
      register_module("block" + std::to_string(i) + "_norm", block->norm);
      blocks.push_back(block);
    }
  }
  torch::Tensor forward(torch::Tensor x) {
    for (auto &block : blocks)
      x = block->forward(x);
    return x;
  }
  std::vector<OwnedBlock> blocks;
};
auto owner = std::make_shared<OwnerImpl>();
