// A loss that keeps its graph, and closures that compute all of it and run backward.
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
  std::vector<torch::Tensor> losses;
  for (int64_t i = 0; i < 64; ++i)
    losses.push_back(torch::mse_loss(p.net(p.x[i]), p.y[i]));
  auto loss = torch::stack(losses).mean();
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  return p.is_trained();
}

bool closure() {
  Problem p;
  torch::optim::LBFGS optimizer(p.net->parameters(), torch::optim::LBFGSOptions(1));
  optimizer.step([&] {
    optimizer.zero_grad();
    auto loss = torch::mse_loss(p.net(p.x), p.y);
    loss.backward();
    return loss;
  });
  return p.is_trained();
}

bool outside() {
  Problem p;
  torch::optim::LBFGS optimizer(p.net->parameters(), torch::optim::LBFGSOptions(1));
  try {
    optimizer.step([&] {
      optimizer.zero_grad();
      auto prediction = p.net(p.x);
      auto loss = torch::mse_loss(prediction, p.y);
      loss.backward();
      return loss;
    });
  } catch (const c10::Error &) {
    return false;
  }
  return true;
}

// How likely the right ones are has one.
bool counted() {
  Problem p;
  torch::nn::Linear classes(4, 3);
  torch::optim::SGD optimizer(classes->parameters(), 0.1);
  torch::Tensor labels = torch::zeros(64, torch::kLong);
  auto loss = torch::cross_entropy_loss(classes(p.x), labels);
  optimizer.zero_grad();
  loss.backward();
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
