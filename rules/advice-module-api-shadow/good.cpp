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
  std::cout << "SYMPTOM dropout_still_on=" << net.dropout->is_training() << "\n"; // 0
}
