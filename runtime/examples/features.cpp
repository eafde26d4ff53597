// Intermediate results of a network by layer name, without a change to the network.

#include "residual_net.h"

#include <torchtidy/capture.h>

#include <iostream>

int main() {
  torch::manual_seed(1);
  ResidualNet net(3);
  net->eval();
  torchtidy::FeatureExtractor features(net, {"layers.0", "layers.2", "fc"});
  torch::Tensor scores;
  {
    torch::NoGradGuard no_grad;
    scores = net(make_batch(4).first);
  }
  for (const auto& captured : features.captured()) {
    std::cout << captured.name << ": " << captured.tensors.front().sizes() << '\n';
  }
  TORCH_CHECK(features["layers.0"].sizes() == at::IntArrayRef({4, 8, 8, 8}));
  TORCH_CHECK(features["layers.2"].sizes() == at::IntArrayRef({4, 16, 4, 4}));
  TORCH_CHECK(torch::equal(features["fc"], scores), "the last layer gives the scores");
}
