// A stack of layers in a std::vector.
#include <torch/torch.h>

#include <iostream>
#include <vector>

struct StackImpl : torch::nn::Module {
  explicit StackImpl(int depth) {
    for (int i = 0; i < depth; ++i) {
      layers.push_back(torch::nn::Linear(8, 8));
    }
  }
  torch::Tensor forward(torch::Tensor x) {
    for (auto& layer : layers) {
      x = torch::relu(layer(x));
    }
    return x;
  }
  std::vector<torch::nn::Linear> layers; // flagged: torch-raw-module-container
};
TORCH_MODULE(Stack);

int main() {
  Stack stack(3);
  std::cout << "SYMPTOM parameters=" << stack->parameters().size() << "\n"; // 0
}
