// RUN: %check torch-target-update %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

// Weights are written.
void soft_update(torch::nn::Module &target, torch::nn::Module &policy, double tau) {
  torch::NoGradGuard no_grad;
  auto source = policy.named_parameters();
  for (auto &item : target.named_parameters())
    item.value().mul_(1 - tau).add_(source[item.key()], tau);
}
void hard_update(torch::nn::Linear target, torch::nn::Linear policy) {
  auto from = policy->parameters(), to = target->parameters();
  for (size_t i = 0; i < to.size(); ++i) {
    to[i].data().copy_(from[i]);
    to[i].mutable_grad() = torch::Tensor();
  }
}
void set(torch::nn::Linear target, torch::nn::Linear policy) {
  auto from = policy->parameters(), to = target->parameters();
  for (size_t i = 0; i < to.size(); ++i) {
    to[i].set_data(from[i].data().clone());
    to[i].grad().zero_();
  }
}

// Shared gradients, averages over replicas, an optimizer of one's own.
void share(torch::nn::Linear local, torch::nn::Linear shared) {
  auto from = local->parameters(), to = shared->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].mutable_grad() = from[i].grad();
}
void average(torch::nn::Linear a, torch::nn::Linear b) {
  auto x = a->parameters(), y = b->parameters();
  for (size_t i = 0; i < x.size(); ++i)
    x[i].mutable_grad() = (x[i].grad() + y[i].grad()) / 2;
}
void copy_grads_to_target(torch::nn::Linear local, torch::nn::Linear target) {
  auto from = local->parameters(), to = target->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].mutable_grad() = from[i].grad();
}
void push(torch::nn::Linear local, torch::nn::Linear target, torch::optim::SGD &optimizer) {
  auto from = local->parameters(), to = target->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].mutable_grad() = from[i].grad();
  optimizer.step();
}

// One model.
void clip(torch::nn::Linear target, double tau) {
  for (auto &parameter : target->parameters())
    parameter.grad().mul_(tau);
}
