// Pixels are to be clamped to [0, 1]; the clamped tensor is thrown away. Weights are to be halved; a name of each gets the half.
#include <torch/torch.h>

#include <iostream>

int main() {
  auto image = torch::full({4}, 2.0);
  image.clamp(0, 1); // flagged: torch-discarded-result
  std::cout << "SYMPTOM brightest=" << image.max().item<double>() << "\n"; // 2

  torch::NoGradGuard noGrad;
  torch::nn::Linear net(2, 2);
  net->weight.fill_(1);
  for (auto weight : net->parameters())
    weight = weight * 0.5; // flagged: torch-discarded-result
  std::cout << "SYMPTOM weight=" << net->weight[0][0].item<double>() << "\n"; // 1
}
