// RUN: cp %s %t.cpp
// RUN: %check torch-grad-guard %t.cpp --fix --unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp
// RUN: %check torch-grad-guard %t.cpp | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>

#include <thread>

void work();

void temporary() {
  torch::NoGradGuard();
  // CHECK: {{^}}  torch::NoGradGuard no_grad;
  work();
}
void withArgument() {
  torch::AutoGradMode(false);
  // CHECK: {{^}}  torch::AutoGradMode no_grad(false);
  work();
}
void braces() {
  torch::NoGradGuard{};
  // CHECK: {{^}}  torch::NoGradGuard no_grad;
  work();
}
void function() {
  torch::NoGradGuard guard();
  // CHECK: {{^}}  torch::NoGradGuard guard;
  work();
}
torch::Tensor staysOff(torch::nn::Linear net, torch::Tensor x) {
  torch::GradMode::set_enabled(false);
  // CHECK: {{^}}  torch::NoGradGuard no_grad;
  if (x.numel() == 0)
    return x;
  auto y = net(x);
  torch::GradMode::set_enabled(true);
  return y;
}
void threads(torch::nn::Linear net, torch::Tensor x) {
  torch::NoGradGuard no_grad;
  std::thread worker([&] { net(x); });
  // CHECK: {{^}}  std::thread worker([&] { torch::NoGradGuard no_grad; net(x); });
  worker.join();
}
