// RUN: %check torch-dead-backward %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <vector>

using torch::Tensor;

#define LEAF(values) torch::tensor(values, torch::requires_grad())
#define BACKWARD(loss) (loss).backward()

void macros(std::vector<float> losses, torch::optim::SGD &optimizer) {
  auto loss = LEAF(losses).sum();
  // CHECK: :[[@LINE-1]]:15: warning: this makes a new leaf of values
  BACKWARD(loss);
  // CHECK: note: 'backward()' reaches that leaf alone
  optimizer.step();
}

void closure(torch::nn::Linear net, Tensor x) {
  torch::optim::LBFGS optimizer(net->parameters());
  optimizer.step([&] {
    auto loss = net(x).sum();
    BACKWARD(loss);
    return loss;
  });
}

// One finding for all instantiations.
template <typename Model, typename Optimizer> void fit(Model net, Tensor x) {
  Optimizer optimizer(net->parameters());
  optimizer.step([&] { return net(x).sum(); });
  // CHECK: :[[@LINE-1]]:18: warning: this closure never calls backward()
  auto pred = net(x);
  optimizer.step([&] {
    auto loss = pred.sum();
    loss.backward();
    // CHECK: :[[@LINE-1]]:5: warning: LBFGS calls this closure several times
    return loss;
  });
}
void both(torch::nn::Linear linear, torch::nn::Conv2d conv, Tensor x) {
  fit<torch::nn::Linear, torch::optim::LBFGS>(linear, x);
  fit<torch::nn::Conv2d, torch::optim::LBFGS>(conv, x);
}

// What it is of does not show before it is instantiated.
template <typename T> void dependent(std::vector<T> losses, torch::optim::SGD &optimizer) {
  auto loss = torch::tensor(losses, torch::requires_grad()).sum();
  loss.backward();
  optimizer.step();
}
template <typename T> void used(std::vector<T> losses, torch::optim::SGD &optimizer) {
  auto loss = torch::tensor(losses, torch::requires_grad()).sum();
  // CHECK: :[[@LINE-1]]:15: warning: this makes a new leaf of values
  loss.backward();
  optimizer.step();
}
template void used<float>(std::vector<float>, torch::optim::SGD &);
template void used<double>(std::vector<double>, torch::optim::SGD &);
