// The list of the module and all its children.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl() {
    fc = register_module("fc", torch::nn::Linear(4, 1));
    scale = register_parameter("scale", torch::ones({1}));
  }
  torch::Tensor forward(torch::Tensor x) { return scale * fc(x); }
  torch::nn::Linear fc{nullptr};
  torch::Tensor scale;
};
TORCH_MODULE(Net);

int main() {
  Net net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  auto before = net->fc->weight.detach().clone();
  net->forward(torch::ones({2, 4})).sum().backward();
  optimizer.step();
  std::cout << "SYMPTOM layer_changed=" << !torch::equal(before, net->fc->weight) << "\n"; // 1
}
