// Building blocks shared by the models.
#pragma once

#include <torch/torch.h>

namespace demo {

inline torch::nn::Conv2d conv3x3(int64_t in, int64_t out, int64_t stride = 1) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in, out, 3).stride(stride).padding(1).bias(false));
}

// Scales each channel by a learnt gate (squeeze and excitation).
struct ChannelGateImpl : torch::nn::Module {
  explicit ChannelGateImpl(int64_t channels, int64_t reduction = 4)
      : squeeze(register_module("squeeze", torch::nn::Linear(channels, channels / reduction))),
        excite(register_module("excite", torch::nn::Linear(channels / reduction, channels))) {}

  torch::Tensor forward(torch::Tensor x) {
    auto gate = torch::relu(squeeze(x.mean({2, 3})));
    gate = torch::sigmoid(excite(gate));
    return x * gate.unsqueeze(-1).unsqueeze(-1);
  }

  torch::nn::Linear squeeze, excite;
};
TORCH_MODULE(ChannelGate);

// He initialisation of everything below a module.
inline void init_weights(torch::nn::Module& root) {
  torch::NoGradGuard no_grad;
  for (auto& module : root.modules()) {
    if (auto* conv = module->as<torch::nn::Conv2d>()) {
      torch::nn::init::kaiming_normal_(conv->weight, 0, torch::kFanOut, torch::kReLU);
      torch::nn::init::zeros_(conv->bias); // the convolutions above have none
    } else if (auto* linear = module->as<torch::nn::Linear>()) {
      torch::nn::init::normal_(linear->weight, 0, 0.01);
      if (linear->bias.defined()) {
        torch::nn::init::zeros_(linear->bias);
      }
    }
  }
}

} // namespace demo
