// RUN: %check torch-target-update %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define COPY(to, from) to.mutable_grad() = from.grad()

void macros(torch::nn::Linear target, torch::nn::Linear policy) {
  auto from = policy->parameters(), to = target->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    COPY(to[i], from[i]);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this update of one model from another
}

// Dependent: nothing is known before it is instantiated.
template <typename Net> void never(Net target, Net policy) {
  auto from = policy->parameters(), to = target->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].mutable_grad() = from[i].grad();
}
template <typename Net> void always(Net target, Net policy) {
  auto from = policy->parameters(), to = target->parameters();
  for (size_t i = 0; i < to.size(); ++i)
    to[i].mutable_grad() = from[i].grad();
  // CHECK: :[[@LINE-1]]:5: warning: this update of one model from another
}
void f(torch::nn::Linear a, torch::nn::Linear b) { always(a, b); }
