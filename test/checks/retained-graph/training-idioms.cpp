// Loops of training code that keep what they need: none of the rules about training has a word to say.
// RUN: %check torch-retained-graph,torch-inference-graph,torch-missing-eval,torch-optimizer-parameters,torch-optimizer-options-copy,torch-graph-cycle,torch-grad-guard,torch-non-leaf-grad,torch-target-update %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>
#include <vector>

using torch::Tensor;

struct NetImpl : torch::nn::Module {
  NetImpl() {
    fc = register_module("fc", torch::nn::Linear(4, 4));
    drop = register_module("drop", torch::nn::Dropout(0.5));
  }
  Tensor forward(Tensor x) { return drop(fc(x)); }
  torch::nn::Linear fc{nullptr};
  torch::nn::Dropout drop{nullptr};
};
TORCH_MODULE(Net);

// LBFGS runs the closure several times.
void closure(Net net, std::vector<Tensor> batches) {
  torch::optim::LBFGS optimizer(net->parameters(), torch::optim::LBFGSOptions(0.1));
  double total = 0;
  Tensor last;
  for (auto &batch : batches) {
    auto step = [&]() {
      optimizer.zero_grad();
      auto loss = net(batch).sum();
      loss.backward();
      return loss;
    };
    last = optimizer.step(step);
    total += last.item<double>();
  }
  std::cout << total;
}

// Two optimizers, fakes that are detached for one of them.
void gan(Net generator, Net discriminator, std::vector<Tensor> batches) {
  torch::optim::Adam of_g(generator->parameters(), 2e-4), of_d(discriminator->parameters(), 2e-4);
  for (auto &batch : batches) {
    of_d.zero_grad();
    auto fake = generator(torch::randn({1, 4}));
    auto loss_d = discriminator(batch).mean() - discriminator(fake.detach()).mean();
    loss_d.backward();
    of_d.step();
    of_g.zero_grad();
    auto loss_g = -discriminator(fake).mean();
    loss_g.backward();
    of_g.step();
    std::cout << loss_d.item<float>() << loss_g.item<float>();
  }
}

// Gradients of several rounds, a schedule through references, a validation under a guard.
void accumulated(Net net, std::vector<Tensor> batches) {
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(net->fc->parameters(), std::make_unique<torch::optim::SGDOptions>(0.1));
  torch::optim::SGD optimizer(groups, torch::optim::SGDOptions(0.1));
  Tensor window;
  for (size_t i = 0; i < batches.size(); ++i) {
    auto loss = net(batches[i]).sum() / 4;
    window = window.defined() ? window + loss : loss;
    if (i % 4 == 3) {
      window.backward();
      optimizer.step();
      optimizer.zero_grad();
      window = Tensor();
    }
    for (auto &group : optimizer.param_groups())
      group.options().set_lr(group.options().get_lr() * 0.99);
  }
  torch::NoGradGuard no_grad;
  net->eval();
  std::vector<Tensor> outputs;
  for (auto &batch : batches)
    outputs.push_back(net(batch));
  std::cout << torch::stack(outputs).mean();
}

// A gradient penalty, with the graph of its gradient.
void penalty(Net net, torch::optim::Adam &optimizer, Tensor x) {
  for (int i = 0; i < 1000; ++i) {
    auto input = x.detach().requires_grad_();
    auto gradient = torch::autograd::grad({net(input).sum()}, {input}, {}, true, true)[0];
    optimizer.zero_grad();
    (gradient.norm() - 1).pow(2).backward();
    optimizer.step();
  }
}

int main() {
  Net net, other;
  torch::load(net, "net.pt");
  torch::optim::Adam optimizer(net->parameters(), 1e-3);
  closure(net, {});
  gan(net, other, {});
  accumulated(net, {});
  penalty(net, optimizer, {});
}
