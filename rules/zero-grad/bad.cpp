// A line is fitted twice: the gradients of all rounds add up, and they are cleared before the step.
#include <torch/torch.h>

#include <iostream>

struct Line {
  torch::nn::Linear net{1, 1};
  torch::Tensor x = torch::linspace(-1, 1, 64).unsqueeze(1);
  torch::Tensor loss() { return torch::mse_loss(net->forward(x), 2 * x + 1); }
};

double adds_up() {
  Line line;
  torch::optim::SGD optimizer(line.net->parameters(), /*lr=*/0.1);
  for (int round = 0; round < 300; ++round) {
    torch::Tensor loss = torch::mse_loss(line.net->forward(line.x), 2 * line.x + 1);
    loss.backward(); // flagged: torch-zero-grad
    optimizer.step();
  }
  return line.loss().item<double>();
}

double clears_first() {
  Line line;
  torch::optim::SGD optimizer(line.net->parameters(), /*lr=*/0.1);
  for (int round = 0; round < 300; ++round) {
    line.loss().backward();
    optimizer.zero_grad();
    optimizer.step(); // flagged: torch-zero-grad
  }
  return line.loss().item<double>();
}

int main() {
  torch::manual_seed(1);
  std::cout << "SYMPTOM sum_fits=" << (adds_up() < 1e-3) << "\n";          // 0
  std::cout << "SYMPTOM cleared_fits=" << (clears_first() < 1e-3) << "\n"; // 0
}
