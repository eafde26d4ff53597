// RUN: %check torch-loss-input %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

using torch::Tensor;
namespace nn = torch::nn;
namespace F = torch::nn::functional;

// --- probabilities, and a loss that makes them itself --------------------------------------------

void direct(nn::Linear net, Tensor x, Tensor y) {
  F::cross_entropy(torch::softmax(net(x), 1), y);
  // CHECK: :[[@LINE-1]]:20: warning: 'F::cross_entropy' makes probabilities of its input by a softmax and is given numbers between 0 and 1: it stays far from 0 where all is right, and its gradients are small [torch-loss-input]
  // CHECK: :[[@LINE-2]]:20: note: made here; give the loss the scores that come before
  Tensor p = net(x).sigmoid().squeeze(-1);
  torch::binary_cross_entropy_with_logits(p, y);
  // CHECK: :[[@LINE-1]]:43: warning: 'torch::binary_cross_entropy_with_logits' makes probabilities of its input by a sigmoid and is given
}
struct NetImpl : nn::Module {
  Tensor forward(Tensor x) {
    x = torch::relu(fc1(x));
    x = fc2(x);
    return F::softmax(x, 1);
  }
  nn::Linear fc1{register_module("fc1", nn::Linear(4, 4))}, fc2{register_module("fc2", nn::Linear(4, 4))};
};
TORCH_MODULE(Net);
void model(Net net, Tensor x, Tensor y) {
  nn::CrossEntropyLoss criterion;
  auto out = net->forward(x);
  auto loss = criterion(out, y);
  // CHECK: :[[@LINE-1]]:25: warning: 'criterion' makes probabilities of its input by a softmax
  // CHECK: :22:12: note: made here;
  loss = criterion->forward(net(x), y);
  // CHECK: :[[@LINE-1]]:29: warning: 'criterion->forward' makes
}
struct HeadImpl : nn::Module {
  HeadImpl() { net = register_module("net", nn::Sequential(nn::Linear(4, 8), nn::ReLU(), nn::Linear(8, 4), nn::Softmax(1))); }
  Tensor forward(Tensor x) { return net->forward(x); }
  nn::Sequential net{nullptr};
};
TORCH_MODULE(Head);
void sequential(Head head, Tensor x, Tensor y) {
  F::cross_entropy(head(x), y);
  // CHECK: :[[@LINE-1]]:20: warning: 'F::cross_entropy' makes
  // CHECK: :{{3[0-9]}}:{{[0-9]+}}: note: made here;
  nn::Sequential pushed;
  pushed->push_back(nn::Linear(4, 1));
  pushed->push_back("squash", nn::Sigmoid());
  nn::BCEWithLogitsLoss loss;
  loss(pushed->forward(x), y);
  // CHECK: :[[@LINE-1]]:8: warning: 'loss' makes probabilities of its input by a sigmoid
}

// --- no logarithms -------------------------------------------------------------------------------

void likelihood(Net net, nn::Linear plain, Tensor x, Tensor y, bool c) {
  torch::nll_loss(net(x), y);
  // CHECK: :[[@LINE-1]]:19: warning: 'torch::nll_loss' works on logarithms of probabilities and is given numbers between 0 and 1: what it minimises is another loss
  // CHECK: note: made here; 'log_softmax' gives logarithms
  F::nll_loss(plain->forward(x), y);
  // CHECK: :[[@LINE-1]]:15: warning: 'F::nll_loss' works on logarithms of probabilities and is given scores of any size: it has no lower bound, and training makes them grow
  // CHECK: note: made here; 'cross_entropy' takes them as they are
  F::kl_div(c ? plain(x).softmax(-1) : torch::softmax(x, -1), y);
  // CHECK: :[[@LINE-1]]:13: warning: 'F::kl_div' works on logarithms
}
Tensor scores(nn::Conv2d conv, Tensor x) {
  Tensor out = conv(x);
  return out.flatten(1);
}
void function(nn::Conv2d conv, Tensor x, Tensor y) {
  Tensor out;
  out = scores(conv, x);
  nn::NLLLoss loss;
  loss(out, y);
  // CHECK: :[[@LINE-1]]:8: warning: 'loss' works on logarithms of probabilities and is given scores
}

// --- no probabilities ----------------------------------------------------------------------------

void binary(nn::Linear net, Tensor x, Tensor y) {
  torch::binary_cross_entropy(net(x).view(-1), y);
  // CHECK: :[[@LINE-1]]:31: warning: 'torch::binary_cross_entropy' works on probabilities and is given scores of any size: it throws where one is below 0 or above 1
  // CHECK: :[[@LINE-2]]:31: note: made here; 'binary_cross_entropy_with_logits' takes them as they are
  nn::BCELoss loss;
  loss(F::logsigmoid(net(x)), y);
  loss(torch::log(torch::sigmoid(net(x))), y);
  // CHECK: :[[@LINE-1]]:8: warning: 'loss' works on probabilities and is given logarithms: it throws where one is below 0
  // CHECK: :[[@LINE-2]]:8: note: made here; leave the logarithm out
}
