// RUN: %check torch-target-update %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

void soft_update(torch::nn::Module &target, torch::nn::Module &policy, double tau) {
  auto source = policy.named_parameters();
  for (auto &item : target.named_parameters()) {
    auto &grad = item.value().mutable_grad();
    if (grad.defined())
      grad = (1 - tau) * grad + tau * source[item.key()].grad();
    // CHECK: :[[@LINE-1]]:7: warning: this update of one model from another writes gradients only: no weight changes [torch-target-update]
    // CHECK: :[[@LINE-2]]:7: note: write the parameter itself, under a 'torch::NoGradGuard'
  }
}
struct Agent {
  torch::nn::Linear actor{nullptr}, actor_target{nullptr};
  void sync() {
    auto from = actor->parameters(), to = actor_target->parameters();
    for (size_t i = 0; i < to.size(); ++i)
      to[i].mutable_grad() = from[i].grad().clone();
    // CHECK: :[[@LINE-1]]:7: warning: this update of one model from another
  }
  void blend(double tau) {
    auto from = actor->parameters();
    size_t i = 0;
    for (auto &parameter : actor_target->parameters())
      parameter.grad().mul_(1 - tau).add_(from[i++].grad(), tau);
    // CHECK: :[[@LINE-1]]:7: warning: this update of one model from another
  }
};
