// RUN: %check torch-non-leaf-grad %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>

using torch::Tensor;

// The leaf has no name.
void hidden(Tensor b) {
  auto a = torch::ones({2}, torch::requires_grad()).view({2, 1});
  // CHECK: :[[@LINE-1]]:12: warning: 'a' is the result of an operation on a tensor that requires grad: its grad() stays undefined [torch-non-leaf-grad]
  // CHECK: note: asked for here; let the result itself require grad
  auto w = torch::randn({2}).requires_grad_(true) * 0.1;
  // CHECK: :[[@LINE-1]]:12: warning: 'w' is the result of an operation
  auto c = torch::zeros({2}, torch::TensorOptions().requires_grad(true)).to(torch::kCUDA);
  // CHECK: :[[@LINE-1]]:12: warning: 'c' is the result of an operation
  (a * b + w + c).sum().backward();
  std::cout << a.grad() << w.grad().defined() << c.grad();
}

// The leaf has one.
void results(torch::nn::Linear net, Tensor input) {
  auto x = torch::ones({2}, torch::requires_grad());
  auto y = x * 2;
  Tensor output = net->forward(input);
  auto weight = net->weight.t();
  (y.sum() + output.sum() + weight.sum()).backward();
  std::cout << y.grad();
  // CHECK: :[[@LINE-1]]:16: warning: 'y' is the result of an operation
  // CHECK: :[[@LINE-6]]:12: note: it is computed here; ask the leaf, or call 'retain_grad()' before 'backward()'
  y.mutable_grad().zero_();
  std::cout << output.grad() << weight.grad();
  // CHECK: :[[@LINE-1]]:16: warning: 'output' is the result of an operation
  // CHECK: :[[@LINE-2]]:33: warning: 'weight' is the result of an operation
}

void set(Tensor b) {
  auto x = torch::ones({2});
  x.set_requires_grad(true);
  auto y = x.view({2, 1});
  (y * b).sum().backward();
  std::cout << x.grad() << y.grad();
  // CHECK: :[[@LINE-1]]:28: warning: 'y' is the result of an operation
}

class Attack {
  Tensor delta = torch::zeros({4}, torch::requires_grad()).reshape({2, 2});
  // CHECK: :[[@LINE-1]]:18: warning: 'delta' is the result of an operation
public:
  void step(torch::nn::Linear net, Tensor x) {
    net(x + delta).sum().backward();
    x = x + delta.grad().sign();
  }
};
