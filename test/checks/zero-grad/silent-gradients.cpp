// Where the file names a gradient, it may be written under another name.
// RUN: %check torch-zero-grad %s | FileCheck %s --implicit-check-not='{{warning|error}}:' --allow-empty
#include <torch/torch.h>

using torch::Tensor;
namespace nn = torch::nn;
using SGD = torch::optim::SGD;

void by_hand(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    optimizer.step();
    for (auto &p : net->parameters())
      p.mutable_grad() = Tensor();
  }
}
void through_groups(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    optimizer.step();
    for (auto &group : optimizer.param_groups())
      for (auto &p : group.params())
        if (p.grad().defined())
          p.grad().zero_();
  }
}
// The sum of what clones have computed.
void set_by_hand(nn::Linear net, Tensor x, SGD &optimizer, std::vector<Tensor> gradients) {
  net(x).mean().backward();
  optimizer.zero_grad();
  for (size_t i = 0; i < gradients.size(); ++i)
    net->parameters()[i].mutable_grad() = gradients[i];
  optimizer.step();
}
// One buffer for all of them.
struct Flat {
  nn::Linear net{4, 4};
  SGD optimizer{net->parameters(), 0.1};
  Tensor flat = torch::zeros(20);
  Flat() {
    int64_t at = 0;
    for (auto &p : net->parameters()) {
      p.mutable_grad() = flat.narrow(0, at, p.numel()).view_as(p);
      at += p.numel();
    }
  }
  void train(Tensor x) {
    for (int i = 0; i < 100; ++i) {
      flat.zero_();
      net(x).mean().backward();
      optimizer.step();
    }
  }
};
