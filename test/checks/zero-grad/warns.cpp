// RUN: %check torch-zero-grad %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>
#include <memory>

using torch::Tensor;
namespace nn = torch::nn;

void once(nn::Linear net, Tensor x, Tensor y) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    auto loss = torch::mse_loss(net->forward(x), y);
    loss.backward();
    // CHECK: :[[@LINE-1]]:10: warning: nothing clears the gradients between the rounds: this adds to those of all rounds before, and 'optimizer.step()' takes their sum [torch-zero-grad]
    optimizer.step();
    // CHECK: :[[@LINE-1]]:15: note: clear them behind this, by 'zero_grad()'
    // CHECK: :[[@LINE-5]]:38: note: they are of the model that is run here
    std::cout << i << ": " << loss.item<float>() << "\n";
  }
}

// --- loops ---------------------------------------------------------------------------------------

void epochs(nn::Sequential net, std::vector<Tensor> batches) {
  torch::optim::Adam optimizer(net->parameters(), torch::optim::AdamOptions(1e-3));
  for (int epoch = 0; epoch < 1; ++epoch)
    for (auto &x : batches) {
      Tensor out = net->forward(x);
      Tensor loss = (out - x).pow(2).mean();
      loss.backward();
      // CHECK: :[[@LINE-1]]:12: warning: nothing clears
      torch::nn::utils::clip_grad_norm_(net->parameters(), 1.0);
      optimizer.step();
    }
}
void until(nn::Linear net, Tensor x) {
  auto optimizer = std::make_unique<torch::optim::AdamW>(net->parameters());
  float last = 1;
  do {
    auto loss = net(x).mean();
    loss.backward();
    // CHECK: :[[@LINE-1]]:10: warning: nothing clears {{.*}} 'optimizer->step()' takes their sum
    optimizer->step();
    last = loss.item<float>();
  } while (last > 0.1);
}
// Several rounds of it for one step, and nothing behind the step.
void parts(nn::Linear net, std::vector<std::vector<Tensor>> batches) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (auto &batch : batches) {
    for (auto &x : batch)
      net(x).mean().backward();
      // CHECK: :[[@LINE-1]]:21: warning: nothing clears
    optimizer.step();
  }
}
// Cleared once, when there is nothing to clear yet.
void before(nn::Linear net, Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  optimizer.zero_grad();
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    // CHECK: :[[@LINE-1]]:19: warning: nothing clears
    optimizer.step();
  }
}

// --- functions in view ---------------------------------------------------------------------------

Tensor loss_of(nn::Linear net, const Tensor &x) { return net(x).pow(2).mean(); }
void report(double loss) { std::cout << loss << "\n"; }
void helpers(nn::Linear net, Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  while (x.defined()) {
    auto loss = loss_of(net, x);
    loss.backward();
    // CHECK: :[[@LINE-1]]:10: warning: nothing clears
    optimizer.step();
    report(loss.item<double>());
  }
}

// --- members -------------------------------------------------------------------------------------

struct Trainer {
  nn::Linear net{4, 4};
  torch::optim::Adam optimizer{net->parameters(), 1e-3};
  void train(const std::vector<Tensor> &batches) {
    for (const Tensor &x : batches) {
      Tensor loss = net(x).mean();
      loss.backward();
      // CHECK: :[[@LINE-1]]:12: warning: nothing clears
      optimizer.step();
    }
  }
};

// Each has its own.
void gan(nn::Linear g, nn::Linear d, Tensor noise) {
  torch::optim::Adam g_optimizer(g->parameters()), d_optimizer(d->parameters());
  for (int i = 0; i < 100; ++i) {
    Tensor fake = g(noise);
    d(fake.detach()).mean().backward();
    // CHECK: :[[@LINE-1]]:29: warning: nothing clears {{.*}} 'd_optimizer.step()'
    d_optimizer.step();
    d(fake).mean().backward();
    // CHECK: :[[@LINE-1]]:20: warning: nothing clears {{.*}} 'g_optimizer.step()'
    g_optimizer.step();
  }
}

// --- cleared before the step ---------------------------------------------------------------------

void early(nn::Linear net, Tensor x, torch::optim::Adam &optimizer) {
  for (int i = 0; i < 100; ++i) {
    auto loss = net(x).mean();
    loss.backward();
    // CHECK: :[[@LINE+4]]:15: warning: 'optimizer.step()' finds cleared gradients: every path from the 'backward()' leads over 'zero_grad()', and what was computed is lost [torch-zero-grad]
    // CHECK: :[[@LINE-2]]:10: note: computed here
    // CHECK: :[[@LINE+1]]:15: note: cleared here; do it before the 'backward()', or behind the step
    optimizer.zero_grad();
    optimizer.step();
  }
}
void counted_down(nn::Linear net, Tensor x) {
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  for (int left = 10; left > 0; --left) {
    net(x).mean().backward();
    // CHECK: :[[@LINE-1]]:19: warning: nothing clears
    optimizer.step();
  }
}
struct Agent {
  nn::Linear net{nullptr};
  std::unique_ptr<torch::optim::Optimizer> optimizer;
  void learn(Tensor x) {
    Tensor loss = net(x).mean();
    loss.backward();
    torch::nn::utils::clip_grad_norm_(net->parameters(), 0.5);
    optimizer->zero_grad();
    // CHECK: :[[@LINE+1]]:16: warning: 'optimizer->step()' finds cleared gradients
    optimizer->step();
  }
};
