// The function has a name of its own.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  NetImpl() : dropout(register_module("dropout", torch::nn::Dropout(0.5))) {}
  void fit(int epochs) {
    epochs_run += epochs;
  }
  torch::nn::Dropout dropout;
  int epochs_run = 0;
};

int main() {
  NetImpl net;
  net.train(false);
  const auto out = net.dropout(torch::ones({100}));
  std::cout << "SYMPTOM dropout_still_on=" << (out == 0).any().item<bool>() << "\n"; // 0
}
