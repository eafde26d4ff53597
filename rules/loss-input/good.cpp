// Each loss is given what it works on.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  torch::nn::Linear fc{register_module("fc", torch::nn::Linear(10, 10))};
};
TORCH_MODULE(Net);

int main() {
  torch::manual_seed(1);
  torch::Tensor x = torch::eye(10), labels = torch::arange(10);
  Net net;
  torch::optim::Adam adam(net->parameters(), /*lr=*/0.1);
  torch::Tensor loss;
  for (int round = 0; round < 300; ++round) {
    adam.zero_grad();
    loss = torch::nn::functional::cross_entropy(net->forward(x), labels);
    loss.backward();
    adam.step();
  }
  std::cout << "SYMPTOM loss_falls=" << (loss.item<double>() < 0.1) << "\n"; // 1

  // The likelihood of logarithms of probabilities.
  torch::nn::Linear scores(10, 10);
  torch::optim::Adam other(scores->parameters(), /*lr=*/0.1);
  for (int round = 0; round < 300; ++round) {
    other.zero_grad();
    loss = torch::nll_loss(torch::log_softmax(scores->forward(x), 1), labels);
    loss.backward();
    other.step();
  }
  std::cout << "SYMPTOM loss_is_bounded=" << (loss.item<double>() >= 0) << "\n"; // 1

  bool throws = false;
  torch::Tensor ones = torch::ones({10, 10});
  try {
    torch::binary_cross_entropy_with_logits(scores->forward(x), ones);
  } catch (const c10::Error &) {
    throws = true;
  }
  std::cout << "SYMPTOM binary_throws=" << throws << "\n"; // 0
}
