// RUN: %check torch-non-leaf-grad %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>

using torch::Tensor;

// Leaves.
void leaves(torch::nn::Linear net, Tensor given) {
  auto a = torch::ones({2}, torch::requires_grad());
  auto b = torch::ones({2}).view({2, 1}).requires_grad_();
  auto c = (torch::ones({2}) * 2).set_requires_grad(true);
  auto d = (a * 2).detach().requires_grad_();
  auto e = a.contiguous(), f = a.to(torch::kCPU), g = a;
  (a + b + c + d + e + f + g).sum().backward();
  net(given).sum().backward();
  std::cout << a.grad() << b.grad() << c.grad() << d.grad() << e.grad() << f.grad() << g.grad()
            << net->weight.grad() << given.grad();
  for (auto &parameter : net->parameters())
    std::cout << parameter.grad();
}

void later() {
  auto x = torch::ones({2});
  auto y = x * 2;
  x.requires_grad_();
  y.requires_grad_();
  (x + y).sum().backward();
  std::cout << y.grad();
}

// Kept, or asked for otherwise.
void retained(Tensor x) {
  auto leaf = torch::ones({2}, torch::requires_grad());
  auto y = leaf * 2;
  y.retain_grad();
  y.sum().backward();
  std::cout << y.grad();
}
void byFunction() {
  auto leaf = torch::ones({2}, torch::requires_grad());
  auto y = leaf * 2;
  auto gradient = torch::autograd::grad({(y * y).sum()}, {y})[0];
  std::cout << gradient << y.grad().defined();
}

// Under a guard, where the result is a leaf; another value on the way.
void guarded(torch::nn::Linear net) {
  Tensor y, z;
  {
    torch::NoGradGuard no_grad;
    y = net->weight * 2;
  }
  y.requires_grad_();
  z = net->weight * 2;
  z = z.detach().requires_grad_();
  (y + z).sum().backward();
  std::cout << y.grad() << z.grad();
}

// A test that knows.
#define EXPECT_FALSE(condition) if (condition) std::abort()
void test() {
  auto x = torch::ones({2}, torch::requires_grad());
  auto y = x * 2;
  y.sum().backward();
  EXPECT_FALSE(y.grad().defined());
}
