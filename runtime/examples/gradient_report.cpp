// Which layers get how much gradient, and a picture of it.
//
//   gradient_report [gradients.svg]

#include "residual_net.h"

#include <torchtidy/inspect.h>

#include <algorithm>
#include <iostream>

int main(int argc, char** argv) {
  torch::manual_seed(1);
  ResidualNet net(3);
  {
    // A mistake to be found: nothing comes through the second convolution of the second block.
    torch::NoGradGuard no_grad;
    net->layers[1]->bn2->weight.zero_();
  }
  torchtidy::GradientInspector gradients(net);
  const auto batch = make_batch(16);
  torch::nn::functional::cross_entropy(net(batch.first), batch.second).backward();
  const torchtidy::InspectionReport report = gradients.collect();
  for (const auto& layer : report.layers()) {
    std::cout << layer.name << ": mean |g| " << layer.mean_abs << '\n';
  }
  if (argc > 1) {
    report.write(argv[1]);
  }
  const auto vanishing = report.vanishing();
  TORCH_CHECK(
      std::find(vanishing.begin(), vanishing.end(), "layers.1.conv2") != vanishing.end(),
      "layers.1.conv2 is not reported");
  TORCH_CHECK(
      std::find(vanishing.begin(), vanishing.end(), "layers.0.conv1") == vanishing.end(),
      "the gradient comes through the skip connection");
}
