// The state is detached between the rounds, the losses are summed, the critic is run again after its step.
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
    std::tie(y, h) = gru(torch::ones({1, 1, 4}), h.detach());
    y.sum().backward();
  }
}

void losses(torch::nn::Linear net) {
  auto y = net(torch::ones({2, 4}));
  (y.pow(2).mean() + y.abs().mean()).backward();
}

// The gradient of the action, as the critic sees it when it has learned.
torch::Tensor improve(torch::nn::Sequential critic) {
  torch::optim::SGD optimizer(critic->parameters(), 0.5);
  auto action = torch::ones({2, 4}, torch::requires_grad());
  critic->forward(torch::ones({2, 4})).pow(2).mean().backward();
  optimizer.step();
  critic->forward(action).mean().backward();
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
