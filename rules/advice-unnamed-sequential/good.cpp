// The children have names, which stay when another one comes in front.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  explicit NetImpl(bool with_projection) {
    if (with_projection) {
      features->push_back("projection", torch::nn::Linear(2, 4));
    }
    features->push_back("stem", torch::nn::Linear(4, 8));
    register_module("features", features);
  }
  torch::nn::Sequential features;
};

int main() {
  NetImpl net(/*with_projection=*/true);
  auto parameters = net.named_parameters();
  auto& stem = parameters["features.stem.weight"];
  std::cout << "SYMPTOM found_the_stem=" << (stem.size(0) == 8) << "\n"; // 1
}
