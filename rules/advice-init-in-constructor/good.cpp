// The scheme stands in reset_parameters(), which the constructor calls and anybody can call again.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl() {
    head = register_module("head", torch::nn::Linear(4, 2));
    reset_parameters();
  }
  void reset_parameters() {
    head->reset_parameters();
    torch::nn::init::zeros_(head->bias);
  }
  torch::nn::Linear head{nullptr};
};

int main() {
  torch::manual_seed(0);
  NetImpl net;
  torch::nn::init::ones_(net.head->bias); // as after the load of a head for other classes
  net.reset_parameters();
  std::cout << "SYMPTOM bias_is_zero_again=" << (net.head->bias.eq(0).all().item<bool>()) << "\n"; // 1
}
