// Each layer has a name of its own.
#include <torch/torch.h>

#include <iostream>
#include <vector>

struct StackImpl : torch::nn::Module {
  explicit StackImpl(int depth) {
    for (int i = 0; i < depth; ++i) {
      layers.push_back(register_module("layer" + std::to_string(i), torch::nn::Linear(8, 8)));
    }
  }
  torch::Tensor forward(torch::Tensor x) {
    for (auto& layer : layers) {
      x = torch::relu(layer(x));
    }
    return x;
  }
  std::vector<torch::nn::Linear> layers;
};
TORCH_MODULE(Stack);

int main() {
  int deepest = 0;
  for (int depth = 1; depth <= 3; ++depth) {
    try {
      Stack stack(depth);
      deepest = depth;
    } catch (const c10::Error& error) {
      std::cerr << error.what_without_backtrace() << "\n";
    }
  }
  std::cout << "SYMPTOM deepest_stack_that_can_be_made=" << deepest << "\n"; // 3
}
