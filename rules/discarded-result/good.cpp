// The clamped tensor takes the place of the image, and the weights are written in place.
#include <torch/torch.h>

#include <iostream>

int main() {
  auto image = torch::full({4}, 2.0);
  image = image.clamp(0, 1);
  std::cout << "SYMPTOM brightest=" << image.max().item<double>() << "\n"; // 1

  torch::NoGradGuard noGrad;
  torch::nn::Linear net(2, 2);
  net->weight.fill_(1);
  for (auto weight : net->parameters())
    weight.mul_(0.5);
  std::cout << "SYMPTOM weight=" << net->weight[0][0].item<double>() << "\n"; // 0.5
}
