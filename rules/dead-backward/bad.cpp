// A loss that is made of numbers anew, a closure that computes no gradients, and one over a graph from outside.
#include <torch/torch.h>

#include <iostream>
#include <vector>

struct Problem {
  Problem() { torch::manual_seed(1); }
  torch::Tensor x = torch::randn({64, 4});
  torch::Tensor y = x.sum(1, true);
  torch::nn::Linear net{4, 1};
  torch::Tensor before = net->weight.detach().clone();
  bool is_trained() { return !net->weight.equal(before); }
};

bool rebuilt() {
  Problem p;
  torch::optim::SGD optimizer(p.net->parameters(), 0.1);
  std::vector<float> losses;
  for (int64_t i = 0; i < 64; ++i)
    losses.push_back(torch::mse_loss(p.net(p.x[i]), p.y[i]).item<float>());
  auto loss = torch::tensor(losses, torch::requires_grad()).mean(); // flagged: torch-dead-backward
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  return p.is_trained();
}

bool closure() {
  Problem p;
  torch::optim::LBFGS optimizer(p.net->parameters(), torch::optim::LBFGSOptions(1));
  optimizer.step([&] { // flagged: torch-dead-backward
    optimizer.zero_grad();
    return torch::mse_loss(p.net(p.x), p.y);
  });
  return p.is_trained();
}

bool outside() {
  Problem p;
  torch::optim::LBFGS optimizer(p.net->parameters(), torch::optim::LBFGSOptions(1));
  auto prediction = p.net(p.x);
  try {
    optimizer.step([&] {
      optimizer.zero_grad();
      auto loss = torch::mse_loss(prediction, p.y);
      loss.backward(); // flagged: torch-dead-backward
      return loss;
    });
  } catch (const c10::Error &) {
    return false;
  }
  return true;
}

// How many are right has no gradient.
bool counted() {
  Problem p;
  torch::nn::Linear classes(4, 3);
  torch::optim::SGD optimizer(classes->parameters(), 0.1);
  torch::Tensor labels = torch::zeros(64, torch::kLong);
  auto loss = (classes(p.x).argmax(1) != labels).to(torch::kFloat).mean();
  optimizer.zero_grad();
  loss.backward(); // flagged: torch-dead-backward
  optimizer.step();
  return true;
}

bool passes(bool (*train)()) {
  try {
    return train();
  } catch (const c10::Error &) {
    return false;
  }
}

int main() {
  std::cout << "SYMPTOM rebuilt_is_trained=" << rebuilt() << "\n";
  std::cout << "SYMPTOM closure_is_trained=" << closure() << "\n";
  std::cout << "SYMPTOM second_evaluation_passes=" << outside() << "\n";
  std::cout << "SYMPTOM count_has_gradient=" << passes(counted) << "\n";
}
