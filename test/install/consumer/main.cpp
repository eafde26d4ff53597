// First: the headers of LibTorch 1.13 are not each complete in themselves.
#include <torch/torch.h>

#include <torchtidy/hnn.h>
#include <torchtidy/hooks.h>
#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl() { fc = register_module("fc", torchtidy::hnn::Linear(4, 2)); }
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  torchtidy::hnn::Linear fc{nullptr};
};
TORCHTIDY_MODULE(Net);

int main() {
  std::cout << "parameters " << Net()->parameters().size() << "\n";
}
