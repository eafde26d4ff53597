// Layers that throw when they are built, and when they are run.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc1{nullptr}, fc2{nullptr};

  NetImpl() {
    fc1 = register_module("fc1", torch::nn::Linear(8, 6));
    fc2 = register_module("fc2", torch::nn::Linear(4, 2));
  }
  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(fc1(x));
    return fc2(x); // flagged: torch-layer-options
  }
};
TORCH_MODULE(Net);

template <typename Run> bool throws(Run run) {
  try {
    run();
    return false;
  } catch (const c10::Error &) {
    return true;
  }
}

torch::nn::MultiheadAttention attention() {
  return torch::nn::MultiheadAttention(10, 3); // flagged: torch-layer-options
}
torch::nn::MaxPool2d pool() {
  return torch::nn::MaxPool2d(torch::nn::MaxPool2dOptions(2).padding(2)); // flagged: torch-layer-options
}

int main() {
  std::cout << "SYMPTOM sizes_throw=" << throws([] { Net()(torch::ones({3, 8})); }) << "\n";
  std::cout << "SYMPTOM heads_throw=" << throws([] { attention(); }) << "\n";
  std::cout << "SYMPTOM padding_throws=" << throws([] { pool()(torch::ones({1, 3, 8, 8})); }) << "\n";
}
