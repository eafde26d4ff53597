// Behind the step, as the step is written; not where other optimizers may have the same parameters.
// RUN: cp %s %t.cpp
// RUN: %check torch-zero-grad %t.cpp --fix | FileCheck %s
// RUN: FileCheck %s --check-prefix=FIXED < %t.cpp
// RUN: %check torch-zero-grad %t.cpp | FileCheck %s --check-prefix=LEFT
#include <torch/torch.h>

#include <iostream>

void one(torch::nn::Linear net, torch::Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    optimizer.step(); // in each round
  }
}
// FIXED: {{^}}    optimizer.step();{{$}}
// FIXED-NEXT: {{^}}    optimizer.zero_grad(); // in each round{{$}}

void pointer(torch::nn::Linear net, torch::Tensor x) {
  auto optimizer = std::make_shared<torch::optim::SGD>(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    {
      optimizer->step();
    }
  }
}
// FIXED: {{^}}      optimizer->step();{{$}}
// FIXED-NEXT: {{^}}      optimizer->zero_grad();{{$}}

// No block to put it in.
// CHECK: warning: nothing clears the gradients
void unbraced(torch::nn::Linear net, torch::Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    for (int j = 0; j < 2; ++j)
      optimizer.step();
  }
}
// FIXED: {{^}}      optimizer.step();{{$}}
// FIXED-NEXT: {{^}}  }{{$}}

// The norm that is printed is of what the fix would clear.
void printed(torch::nn::Linear net, torch::Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    optimizer.step();
    std::cout << torch::nn::utils::clip_grad_norm_(net->parameters(), 1e9);
  }
}
// FIXED: {{^}}    optimizer.step();{{$}}
// FIXED-NEXT: {{^}}    std::cout

void two(torch::nn::Linear net, torch::Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1), other(net->parameters(), 0.01);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    optimizer.step();
    other.step();
  }
}
// FIXED: {{^}}    optimizer.step();{{$}}
// FIXED-NEXT: {{^}}    other.step();{{$}}

void early(torch::nn::Linear net, torch::Tensor x, torch::optim::SGD &optimizer) {
  auto loss = net(x).mean();
  loss.backward();
  optimizer.zero_grad(); // then
  optimizer.step();
}
// FIXED: {{^}}  loss.backward();{{$}}
// FIXED-NEXT: {{^}}  optimizer.step(); // then{{$}}
// FIXED-NEXT: {{^}}  optimizer.zero_grad();{{$}}

// What stands between may be meant for both.
void between(torch::nn::Linear net, torch::Tensor x, torch::optim::SGD &optimizer) {
  auto loss = net(x).mean();
  loss.backward();
  optimizer.zero_grad();
  x.zero_();
  optimizer.step();
}
// FIXED: {{^}}  optimizer.zero_grad();{{$}}
// FIXED-NEXT: {{^}}  x.zero_();{{$}}
// LEFT-COUNT-4: warning: nothing clears
// LEFT: warning: 'optimizer.step()' finds cleared gradients
// LEFT-NOT: warning:
