#pragma once

// What the examples share: a small residual network and data that it can learn.

#include <torchtidy/containers.h>
#include <torchtidy/hnn.h>
#include <torchtidy/slot.h>

#include <torch/torch.h>

#include <utility>

namespace hnn = torchtidy::hnn;

struct ResidualBlockImpl : torch::nn::Module {
  ResidualBlockImpl(int64_t in, int64_t out, int64_t stride) {
    conv1 = register_module(
        "conv1", hnn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).stride(stride).padding(1).bias(false)));
    bn1 = register_module("bn1", hnn::BatchNorm2d(out));
    conv2 =
        register_module("conv2", hnn::Conv2d(torch::nn::Conv2dOptions(out, out, 3).padding(1).bias(false)));
    bn2 = register_module("bn2", hnn::BatchNorm2d(out));
    if (stride != 1 || in != out) {
      downsample.set(*this, torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 1).stride(stride)));
    } // else it stays Identity
  }

  torch::Tensor forward(torch::Tensor x) {
    const auto residual = bn2(conv2(torch::relu(bn1(conv1(x)))));
    return torch::relu(residual + downsample(x));
  }

  hnn::Conv2d conv1{nullptr}, conv2{nullptr};
  hnn::BatchNorm2d bn1{nullptr}, bn2{nullptr};
  torchtidy::ModuleSlot<torch::Tensor(torch::Tensor)> downsample{*this, "downsample"};
};
TORCHTIDY_MODULE(ResidualBlock);

/// Images [N, 3, 8, 8] to scores [N, classes].
struct ResidualNetImpl : torch::nn::Module {
  explicit ResidualNetImpl(int64_t classes) {
    register_module("layers", layers);
    layers.emplace_back(3, 8, 1);
    layers.emplace_back(8, 8, 1);
    layers.emplace_back(8, 16, 2);
    fc = register_module("fc", hnn::Linear(16, classes));
  }

  torch::Tensor forward(torch::Tensor x) {
    for (auto& layer : layers) {
      x = layer(x);
    }
    return fc(x.mean({2, 3}));
  }

  torchtidy::ModuleVector<ResidualBlock> layers;
  hnn::Linear fc{nullptr};
};
TORCHTIDY_MODULE(ResidualNet);

/// Noisy images, and which channel of each is the brightest.
inline std::pair<torch::Tensor, torch::Tensor> make_batch(int64_t size) {
  const auto classes = torch::randint(3, {size}, torch::kLong);
  const auto bright = torch::one_hot(classes, 3).to(torch::kFloat).view({size, 3, 1, 1});
  return {torch::randn({size, 3, 8, 8}) + bright, classes};
}
