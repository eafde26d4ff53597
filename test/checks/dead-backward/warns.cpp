// RUN: %check torch-dead-backward %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>
#include <memory>
#include <vector>

namespace F = torch::nn::functional;
using torch::Tensor;

// --- the loss is a new leaf ---

void rebuilt(std::vector<Tensor> &log_probs, std::vector<float> &returns, torch::optim::Optimizer &optimizer) {
  std::vector<float> losses;
  for (size_t t = 0; t < log_probs.size(); ++t)
    losses.push_back((-log_probs[t] * returns[t]).item<float>());
  auto loss = torch::tensor(losses, torch::requires_grad()).sum();
  // CHECK: :[[@LINE-1]]:15: warning: this makes a new leaf of values that have no graph: backward() ends here, and no parameter gets a gradient [torch-dead-backward]
  // CHECK: :[[@LINE+2]]:3: note: 'loss.backward()' reaches that leaf alone; compute the loss of tensors that still have their graph
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
}

void full(torch::nn::Linear net, Tensor x, Tensor y, torch::optim::SGD &optimizer) {
  auto loss = torch::mse_loss(net(x), y);
  Tensor scaled = torch::full({1}, loss.item<float>() / 4, torch::TensorOptions().requires_grad(true));
  // CHECK: :[[@LINE-1]]:19: warning: this makes a new leaf of values
  scaled.backward();
  optimizer.step();
}

// The values of what has a graph show that it was meant to be trained.
void item(torch::nn::Linear net, Tensor x, Tensor y) {
  auto loss = torch::mse_loss(net(x), y);
  auto again = torch::scalar_tensor(loss.item<double>(), torch::requires_grad());
  // CHECK: :[[@LINE-1]]:16: warning: this makes a new leaf of values
  again.backward();
}

void detached(torch::nn::Linear net, Tensor x, torch::optim::Adam &optimizer) {
  auto output = net(x);
  auto copy = output.detach().clone().requires_grad_(true);
  // CHECK: :[[@LINE-1]]:15: warning: this makes a new leaf of values
  auto loss = (copy * copy).mean() + 0.5;
  std::cout << loss << loss.item<float>();
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
}

void set(std::vector<double> values, torch::optim::Adam &optimizer) {
  auto loss = torch::tensor(values).mean();
  loss.set_requires_grad(true);
  // CHECK: :[[@LINE-1]]:3: warning: this makes a new leaf of values
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
}

void summed(std::vector<double> values, torch::nn::Linear net) {
  net->zero_grad();
  Tensor loss = torch::zeros({1});
  for (double value : values)
    loss += torch::tensor(value, torch::requires_grad());
  // CHECK: :[[@LINE-1]]:13: warning: this makes a new leaf of values
  loss = loss / double(values.size());
  loss.backward();
}

float criterion(std::vector<float> values, std::vector<float> targets, torch::optim::Adam &optimizer) {
  torch::nn::MSELoss mse;
  auto output = torch::tensor(values).requires_grad_();
  // CHECK: :[[@LINE-1]]:17: warning: this makes a new leaf of values
  auto loss = mse(output, torch::tensor(targets)) + F::l1_loss(output, torch::tensor(targets));
  loss.backward();
  optimizer.step();
  return loss.item<float>();
}

// --- a closure that computes no gradients ---

void lbfgs(torch::nn::Linear net, Tensor x, Tensor y) {
  torch::optim::LBFGS optimizer(net->parameters(), torch::optim::LBFGSOptions(1).history_size(50));
  for (int epoch = 0; epoch < 20; ++epoch) {
    auto closure = [&]() -> Tensor {
      optimizer.zero_grad();
      return torch::mse_loss(net(x), y);
    };
    optimizer.step(closure);
    // CHECK: :[[@LINE-1]]:20: warning: this closure never calls backward(): 'step' evaluates the loss and gets no gradients of it [torch-dead-backward]
    // CHECK: :[[@LINE-6]]:20: note: nothing here computes gradients
    optimizer.step([&] { return torch::mse_loss(net(x), y); });
    // CHECK: :[[@LINE-1]]:20: warning: this closure never calls backward()
  }
}

Tensor evaluate(torch::nn::Linear &net, Tensor x) { return net(x).sum(); }

struct Fit {
  torch::nn::Linear net;
  std::unique_ptr<torch::optim::LBFGS> optimizer = std::make_unique<torch::optim::LBFGS>(net->parameters());
  void step(Tensor x) {
    std::function<Tensor()> closure = [this, x] { return evaluate(net, x); };
    optimizer->step(closure);
    // CHECK: :[[@LINE-1]]:21: warning: this closure never calls backward()
  }
};

// Gradients before the step are of the first evaluation alone.
void before(torch::nn::Linear net, Tensor x) {
  torch::optim::LBFGS optimizer(net->parameters());
  auto loss = net(x).sum();
  loss.backward();
  optimizer.step([&] { return net(x).sum(); });
  // CHECK: :[[@LINE-1]]:18: warning: this closure never calls backward()
}

// Of any optimizer, where nobody else does it.
void sgd(torch::nn::Linear net, Tensor x, Tensor y) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 10; ++i)
    optimizer.step([&]() {
      // CHECK: :[[@LINE-1]]:20: warning: this closure never calls backward()
      optimizer.zero_grad();
      return torch::mse_loss(net->forward(x), y);
    });
}

// --- a closure over a graph made outside ---

void stale(torch::nn::Linear net, Tensor x, Tensor y) {
  torch::optim::LBFGS optimizer(net->parameters(), torch::optim::LBFGSOptions(0.5).max_iter(20));
  torch::nn::MSELoss criterion;
  auto pred = net->forward(x);
  auto closure = [&]() {
    optimizer.zero_grad();
    auto loss = criterion(pred, y.view(pred.sizes()));
    loss.backward();
    // CHECK: :[[@LINE-1]]:5: warning: LBFGS calls this closure several times, and 'pred' was computed once outside: the second backward() goes through a graph that the first one freed, and throws [torch-dead-backward]
    // CHECK: :[[@LINE-6]]:8: note: compute 'pred' in the closure
    // CHECK: :[[@LINE+3]]:13: note: the closure is called here
    return loss;
  };
  optimizer.step(closure);
}

void stale_loss(torch::nn::Sequential net, Tensor x, Tensor y) {
  torch::optim::LBFGS optimizer(net->parameters());
  for (int i = 0; i < 4; ++i) {
    auto loss = torch::mse_loss(net->forward(x), y) * 2;
    optimizer.step([&]() {
      optimizer.zero_grad();
      loss.backward();
      // CHECK: :[[@LINE-1]]:7: warning: LBFGS calls this closure several times, and 'loss' was computed once outside
      return loss;
    });
  }
}

// --- no graph ------------------------------------------------------------------------------------

void counted(torch::nn::Linear net, Tensor x, Tensor labels) {
  auto predicted = net(x).argmax(1);
  auto loss = (predicted != labels).to(torch::kFloat).mean();
  loss.backward();
  // CHECK: :[[@LINE-1]]:8: warning: 'loss' has no graph: this throws [torch-dead-backward]
  // CHECK: :[[@LINE-3]]:26: note: no gradient goes through this
}
void cut(torch::nn::Linear net, Tensor x) {
  Tensor out = net(x).detach();
  out = out * 2;
  torch::mse_loss(out, x.detach()).backward();
  // CHECK: :[[@LINE-1]]:36: warning: 'torch::mse_loss(out, x.detach())' has no graph: this throws
  // CHECK: :[[@LINE-4]]:23: note: no gradient goes through this
}

// Made of a number that was read out of the loss.
void ofItem(torch::nn::Linear net, std::vector<Tensor> batches) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  double total = 0;
  for (auto &batch : batches)
    total += net(batch).mean().item<double>();
  auto loss = torch::tensor(total / batches.size(), torch::kFloat);
  optimizer.zero_grad();
  loss.backward();
  // CHECK: :[[@LINE-1]]:8: warning: 'loss' has no graph: this throws [torch-dead-backward]
  // CHECK: :[[@LINE-4]]:15: note: no gradient goes through this
  optimizer.step();
}
