// RUN: %check torch-missing-eval %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>
#include <memory>

using torch::Tensor;

struct BlockImpl : torch::nn::Module {
  BlockImpl() { norm = register_module("norm", torch::nn::BatchNorm1d(4)); }
  Tensor forward(Tensor x) { return norm(x); }
  torch::nn::BatchNorm1d norm{nullptr};
};
TORCH_MODULE(Block);
struct NetImpl : torch::nn::Module {
  NetImpl() { block = register_module("block", Block()); }
  Tensor forward(Tensor x) { return block(x); }
  Block block{nullptr};
};
TORCH_MODULE(Net);
struct DropImpl : torch::nn::Module {
  DropImpl() : drop(register_module("drop", torch::nn::Dropout(0.5))) {}
  Tensor forward(Tensor x) { return drop(x); }
  torch::nn::Dropout drop;
};

void local(Tensor x) {
  Net net;
  torch::load(net, "net.pt");
  // CHECK: :[[@LINE+3]]:16: warning: 'net' is loaded and run, but never put into eval(): its 'BatchNorm1d' works as in training [torch-missing-eval]
  // CHECK: :[[@LINE-2]]:3: note: loaded here; loading does not change the mode
  torch::NoGradGuard no_grad;
  std::cout << net->forward(x) << net(x);
}

// A server that loads in its constructor; an archive; a pointer; a function that loads.
struct Server {
  Net net;
  Server() { torch::load(net, "net.pt"); }
  Tensor predict(Tensor x) { return net(x); }
  // CHECK: :[[@LINE-1]]:{{37|40}}: warning: 'net' is loaded and run
};
Tensor archive(Tensor x) {
  auto model = std::make_shared<DropImpl>();
  torch::serialize::InputArchive archive;
  archive.load_from("model.pt");
  model->load(archive);
  return model->forward(x);
  // CHECK: :[[@LINE-1]]:10: warning: 'model' is loaded and run, but never put into eval(): its 'Dropout' works as in training
}
void fill(Net &net) { torch::load(net, "net.pt"); }
Tensor filled(Tensor x) {
  Net other;
  fill(other);
  return other->forward(x);
  // CHECK: :[[@LINE-1]]:10: warning: 'other' is loaded and run
}
Tensor sequential(Tensor x) {
  torch::nn::Sequential layers(torch::nn::Linear(4, 4), torch::nn::Dropout(0.1));
  torch::load(layers, "layers.pt");
  return layers->forward(x);
  // CHECK: :[[@LINE-1]]:10: warning: 'layers' is loaded and run, but never put into eval(): its 'Dropout'
}

// One load, one finding.
struct Player {
  Net net;
  Player() {
    torch::load(net, "net.pt");
    net(torch::zeros({1, 4})); // to warm up
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'net' is loaded and run, but never put into eval()
  }
  torch::Tensor predict(torch::Tensor x) { return net(x); }
  torch::Tensor again(torch::Tensor x) { return net(x); }
};

// The layers are made by a function.
static torch::nn::Sequential normed(int64_t in, int64_t out) {
  return torch::nn::Sequential(torch::nn::Conv2d(in, out, 3), torch::nn::BatchNorm2d(out), torch::nn::ReLU());
}
static torch::nn::Sequential stem() { return normed(1, 8); }
struct StagesImpl : torch::nn::Module {
  StagesImpl() {
    first = register_module("first", stem());
    second = register_module("second", normed(8, 8));
  }
  torch::Tensor forward(torch::Tensor x) { return second->forward(first->forward(x)); }
  torch::nn::Sequential first{nullptr}, second{nullptr};
};
TORCH_MODULE(Stages);
torch::Tensor classify(torch::Tensor x) {
  Stages stages;
  torch::load(stages, "stages.pt");
  return stages->forward(x);
  // CHECK: :[[@LINE-1]]:10: warning: 'stages' is loaded and run, but never put into eval(): its 'BatchNorm2d'
}
