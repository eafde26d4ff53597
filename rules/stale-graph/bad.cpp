// A state that carries the graph of the round before, two losses of one forward pass, and an actor that goes back through
// a critic whose weights SGD has changed.
#include <torch/torch.h>

#include <iostream>

template <typename Code> bool throws(Code code) {
  try {
    code();
    return false;
  } catch (const c10::Error &) {
    return true;
  }
}

void truncated(torch::nn::GRU gru) {
  auto h = torch::zeros({1, 1, 4});
  for (int round = 0; round < 3; ++round) {
    torch::Tensor y;
    std::tie(y, h) = gru(torch::ones({1, 1, 4}), h);
    y.sum().backward(); // flagged: torch-stale-graph
  }
}

void losses(torch::nn::Linear net) {
  auto y = net(torch::ones({2, 4}));
  y.pow(2).mean().backward();
  y.abs().mean().backward(); // flagged: torch-stale-graph
}

// The gradient of the action, as the critic sees it when it has learned.
torch::Tensor improve(torch::nn::Sequential critic) {
  torch::optim::SGD optimizer(critic->parameters(), 0.5);
  auto action = torch::ones({2, 4}, torch::requires_grad());
  auto value = critic->forward(action).mean();
  critic->forward(torch::ones({2, 4})).pow(2).mean().backward();
  optimizer.step();
  value.backward(); // flagged: torch-stale-graph
  return action.grad();
}

int main() {
  torch::manual_seed(0);
  std::cout << "SYMPTOM recurrent_loop_throws=" << throws([] { truncated(torch::nn::GRU(4, 4)); }) << "\n";
  std::cout << "SYMPTOM second_loss_throws=" << throws([] { losses(torch::nn::Linear(4, 1)); }) << "\n";
  torch::nn::Sequential critic(torch::nn::Linear(4, 8), torch::nn::Tanh(), torch::nn::Linear(8, 1));
  auto gradient = improve(critic);
  auto action = torch::ones({2, 4}, torch::requires_grad());
  critic->forward(action).mean().backward();
  std::cout << "SYMPTOM gradient_is_of_the_critic=" << torch::allclose(gradient, action.grad()) << "\n";
}
