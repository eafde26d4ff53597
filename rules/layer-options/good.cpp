// The same with sizes that fit.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc1{nullptr}, fc2{nullptr};

  NetImpl() {
    fc1 = register_module("fc1", torch::nn::Linear(8, 6));
    fc2 = register_module("fc2", torch::nn::Linear(6, 2));
  }
  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(fc1(x));
    return fc2(x);
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
  return torch::nn::MultiheadAttention(12, 3);
}
torch::nn::MaxPool2d pool() {
  return torch::nn::MaxPool2d(torch::nn::MaxPool2dOptions(2).padding(1));
}

int main() {
  std::cout << "SYMPTOM sizes_throw=" << throws([] { Net()(torch::ones({3, 8})); }) << "\n";
  std::cout << "SYMPTOM heads_throw=" << throws([] { attention(); }) << "\n";
  std::cout << "SYMPTOM padding_throws=" << throws([] { pool()(torch::ones({1, 3, 8, 8})); }) << "\n";
}
