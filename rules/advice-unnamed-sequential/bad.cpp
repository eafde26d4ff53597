// A layer is found by its number; a second version of the model puts another one in front of it.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  explicit NetImpl(bool with_projection) {
    if (with_projection) {
      features->push_back(torch::nn::Linear(2, 4)); // flagged: torch-advice-unnamed-sequential
    }
    features->push_back(torch::nn::Linear(4, 8)); // the stem
    register_module("features", features);
  }
  torch::nn::Sequential features;
};

int main() {
  NetImpl net(/*with_projection=*/true);
  auto parameters = net.named_parameters();
  auto& stem = parameters["features.0.weight"];
  std::cout << "SYMPTOM found_the_stem=" << (stem.size(0) == 8) << "\n"; // 0: it is the projection
}
