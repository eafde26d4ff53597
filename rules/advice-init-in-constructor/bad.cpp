// The scheme stands in the constructor: a layer that must be drawn anew gets LibTorch's default instead.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl() {
    head = register_module("head", torch::nn::Linear(4, 2));
    torch::nn::init::zeros_(head->bias); // flagged: torch-advice-init-in-constructor
  }
  torch::nn::Linear head{nullptr};
};

int main() {
  torch::manual_seed(0);
  NetImpl net;
  torch::nn::init::ones_(net.head->bias); // as after the load of a head for other classes
  net.head->reset_parameters(); // all that there is to call
  std::cout << "SYMPTOM bias_is_zero_again=" << (net.head->bias.eq(0).all().item<bool>()) << "\n"; // 0
}
