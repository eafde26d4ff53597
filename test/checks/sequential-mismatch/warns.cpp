// RUN: %check torch-sequential-mismatch %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

void sizes() {
  nn::Sequential one(nn::Linear(4, 20), nn::ReLU(), nn::Dropout(0.5), nn::Linear(10, 2));
  // CHECK: :[[@LINE-1]]:71: warning: this 'Linear' takes 10 features and is given 20: forward() throws [torch-sequential-mismatch]
  // CHECK: :[[@LINE-2]]:22: note: given by this 'Linear'
  constexpr int64_t width = 16;
  nn::Sequential options(nn::Conv2d(nn::Conv2dOptions(3, width, 3).padding(1)), nn::BatchNorm2d(32), nn::ReLU(), nn::Conv2d(nn::Conv2dOptions(32, 4, 1)));
  // CHECK: :[[@LINE-1]]:81: warning: this 'BatchNorm2d' takes 32 channels and is given 16: forward() throws
  nn::Sequential named({{"a", nn::Linear(4, 8)}, {"b", nn::Tanh()}, {"c", nn::Linear(4, 8)}});
  // CHECK: :[[@LINE-1]]:75: warning: this 'Linear' takes 4 features and is given 8
  auto shared = std::make_shared<nn::SequentialImpl>(nn::Conv1d(1, 2, 3), nn::Conv1d(3, 4, 3));
  // CHECK: :[[@LINE-1]]:75: warning: this 'Conv1d' takes 3 channels and is given 2
}

struct PushedImpl : nn::Module {
  PushedImpl() : made(nn::Linear(1, 2), nn::Linear(3, 4)) {
    // CHECK: :[[@LINE-1]]:41: warning: this 'Linear' takes 3 features and is given 2
    net->push_back(nn::Linear(4, 8));
    net->push_back("act", nn::ReLU());
    net->push_back("last", nn::Linear(16, 2));
    // CHECK: :[[@LINE-1]]:28: warning: this 'Linear' takes 16 features and is given 8
    register_module("net", net);
  }
  nn::Sequential net, made;
};

void tuples() {
  nn::Sequential lstm(nn::LSTM(4, 8), nn::Linear(8, 2));
  // CHECK: :[[@LINE-1]]:39: warning: this 'Linear' is given the tuple that 'LSTM' returns: forward() throws
  nn::Sequential twice(nn::GRU(nn::GRUOptions(4, 8).num_layers(2)), nn::Dropout(0.1));
  // CHECK: :[[@LINE-1]]:69: warning: this 'Dropout' is given the tuple that 'GRU' returns
}

struct ScaleImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x, double factor = 2.0) { return x * factor; }
  // CHECK: :[[@LINE-1]]:17: warning: in a Sequential this forward() is given one argument and throws: it does not know default arguments without FORWARD_HAS_DEFAULT_ARGS
  // CHECK: :[[@LINE+3]]:67: note: put into a Sequential here
};
TORCH_MODULE(Scale);
nn::Sequential scaled() { return nn::Sequential(nn::Linear(1, 1), Scale()); }

struct BlockImpl : nn::Module {
  explicit BlockImpl(bool project) {
    shortcut = register_module("shortcut", nn::Sequential());
    if (project)
      shortcut->push_back(nn::Linear(4, 4));
  }
  torch::Tensor forward(torch::Tensor x) {
    return x + shortcut->forward(x);
    // CHECK: :[[@LINE-1]]:26: warning: 'shortcut' is an empty Sequential here, and forward() of one throws
    // CHECK: :[[@LINE+2]]:18: note: 'torch::nn::Identity' hands on what it is given
  }
  nn::Sequential shortcut{nullptr};
};
TORCH_MODULE(Block);
Block plain() { return Block(false); }

torch::Tensor never(torch::Tensor x) {
  nn::Sequential net;
  return net->forward(x);
  // CHECK: :[[@LINE-1]]:15: warning: 'net' is an empty Sequential here
}

struct NamedImpl : nn::Module {
  NamedImpl() : net(register_module("net", nn::Sequential(nn::Conv2d(3, 8, 3), nn::ReLU(), nn::Conv2d(8, 8, 3)))) {
    for (int i = 0; i < 2; ++i)
      blocks->push_back(nn::Linear(4, 4));
    heads->push_back(nn::Linear(4, 4));
    heads->push_back(std::make_shared<ScaleImpl>());
    register_module("heads", heads);
  }
  torch::Tensor weights() {
    auto sum = net->at<nn::LinearImpl>(1).weight.sum();
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'ReLUImpl' stands there, not 'LinearImpl': 'at' throws
    // CHECK: :[[@LINE-10]]:80: note: put there here
    sum += net->ptr<nn::Conv2dImpl>(1)->weight.sum();
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'ReLUImpl' stands there, not 'Conv2dImpl': 'ptr' throws
    sum += net[0]->as<nn::Linear>()->weight.sum();
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'Conv2dImpl' stands there, not 'LinearImpl': 'as' gives a null pointer, which is used
    sum += (*net->ptr(2)->as<nn::Conv1dImpl>()).weight.sum();
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'Conv2dImpl' stands there, not 'Conv1dImpl': 'as' gives a null pointer
    return sum + heads->at<nn::LinearImpl>(1).weight.sum() + heads[0]->as<nn::Conv2d>()->weight.sum();
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'ScaleImpl' stands there, not 'LinearImpl': 'at' gives a null pointer
    // CHECK: :[[@LINE-2]]:{{[0-9]+}}: warning: 'LinearImpl' stands there, not 'Conv2dImpl': 'as' gives a null pointer
  }
  nn::Sequential net;
  nn::ModuleList heads, blocks;
};

// Walked to print, and run.
struct Shown : torch::nn::Module {
  Shown() {
    shown = register_module("shown", torch::nn::Sequential(torch::nn::Linear(64, 10), torch::nn::Linear(64, 4)));
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'Linear' takes 64 features and is given 10: forward() throws
    // CHECK: note: given by this 'Linear'
    for (auto &each : *shown)
      each.ptr()->eval();
  }
  torch::Tensor forward(torch::Tensor x) { return shown->forward(x); }
  torch::nn::Sequential shown{nullptr};
};

// A part of one that is walked is run as a whole.
struct Nested : torch::nn::Module {
  Nested() {
    outer = register_module("outer", torch::nn::Sequential(torch::nn::Sequential(torch::nn::Linear(64, 10), torch::nn::Linear(64, 4)), torch::nn::ReLU()));
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this 'Linear' takes 64 features and is given 10: forward() throws
    // CHECK: note: given by this 'Linear'
  }
  std::vector<torch::Tensor> forward(torch::Tensor x) {
    std::vector<torch::Tensor> all;
    for (auto &each : *outer)
      all.push_back(each.forward(x));
    return all;
  }
  torch::nn::Sequential outer{nullptr};
};
