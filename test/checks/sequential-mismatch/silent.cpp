// RUN: %check torch-sequential-mismatch %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

void fits(int64_t in, int64_t width, bool deep) {
  nn::Sequential one(nn::Linear(4, 20), nn::ReLU(), nn::Linear(20, 2));
  nn::Sequential unknown(nn::Linear(in, width), nn::Linear(10, 2), nn::Linear(nn::LinearOptions(2, width)), nn::Linear(in, 1));
  // Right for inputs of three dimensions, or past what is known.
  nn::Sequential norm(nn::Linear(10, 64), nn::BatchNorm1d(5), nn::Linear(64, 1));
  nn::Sequential flat(nn::Conv2d(3, 16, 3), nn::Flatten(), nn::Linear(1024, 10));
  nn::Sequential pooled(nn::Conv2d(3, 16, 3), nn::AdaptiveAvgPool2d(1), nn::Flatten(), nn::Linear(16, 10));
  nn::Sequential last(nn::Conv2d(3, 16, 3), nn::Linear(30, 10));
  nn::Sequential gated(nn::Linear(4, 20), nn::GLU(), nn::Linear(10, 2));
  nn::Sequential shuffled(nn::Conv2d(3, 16, 3), nn::PixelShuffle(2), nn::Conv2d(4, 1, 3));
  nn::Sequential lambda(nn::Linear(4, 20), nn::Functional([](torch::Tensor x) { return x.view({-1, 10}); }), nn::Linear(10, 2));
  // What stands between two pushes is not always there.
  nn::Sequential pushed;
  pushed->push_back(nn::Linear(4, 8));
  if (deep)
    pushed->push_back(nn::Linear(8, 16));
  pushed->push_back(nn::Linear(16, 2));
  nn::Sequential a, b;
  a->push_back(nn::Linear(4, 8));
  b->push_back(nn::Linear(16, 2));
  // Lists that are no Sequential.
  nn::ModuleList list(nn::Linear(1, 2), nn::Linear(3, 4));
}

struct ScaleImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x, double factor = 2.0) { return x * factor; }

protected:
  FORWARD_HAS_DEFAULT_ARGS({1, nn::AnyValue(2.0)})
};
TORCH_MODULE(Scale);
struct AloneImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x, torch::Tensor mask = {}) { return x; }
};
TORCH_MODULE(Alone);
void arguments(torch::Tensor x, Alone alone) {
  nn::Sequential scaled(nn::Linear(1, 1), Scale());
  nn::Sequential first(Alone(), nn::Linear(1, 1));
  first->forward(x, x);
  alone(x);
}

// Filled, asked, or filled where this file does not show it.
void fill(nn::Sequential &net);
torch::Tensor filled(torch::Tensor x, nn::Sequential given, std::vector<nn::Linear> layers) {
  nn::Sequential net, asked, elsewhere;
  for (auto &layer : layers)
    net->push_back(layer);
  fill(elsewhere);
  x = elsewhere->forward(net->forward(x));
  if (!asked->is_empty())
    x = asked->forward(x);
  return given->forward(x);
}
struct BlockImpl : nn::Module {
  explicit BlockImpl(bool project) {
    shortcut = register_module("shortcut", nn::Sequential());
    if (project)
      shortcut->push_back(nn::Linear(4, 4));
  }
  torch::Tensor forward(torch::Tensor x) { return shortcut->forward(x); }
  nn::Sequential shortcut{nullptr};
};
TORCH_MODULE(Block);
Block projected(bool project) { return project ? Block(true) : Block(project); }

// The constructor is in another file.
struct HereImpl : nn::Module {
  HereImpl();
  torch::Tensor forward(torch::Tensor x) { return rest->forward(x); }
  nn::Sequential rest;
};

struct PoolImpl : nn::Module {
  PoolImpl() {
    pool = nn::Sequential(nn::AdaptiveAvgPool2d(1));
    register_module("pool", pool);
    register_module("last", last = nn::Sequential(nn::Linear(1, 1)));
  }
  torch::Tensor forward(torch::Tensor x) { return last->forward(pool->forward(x)); }
  nn::Sequential pool, last;
};

struct BaseImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x) { return x; }
};
struct DerivedImpl : BaseImpl {};
// Asked for as what it is, asked first, or not known.
struct AskedImpl : nn::Module {
  AskedImpl(bool deep, nn::Sequential given) : given(register_module("given", given)) {
    net->push_back(nn::Conv2d(3, 8, 3));
    net->push_back(nn::ReLU());
    register_module("net", net);
    if (deep)
      open->push_back(nn::Linear(4, 4));
    open->push_back(nn::ReLU());
    register_module("open", open);
    list->push_back(std::make_shared<DerivedImpl>());
    std::shared_ptr<BaseImpl> base = std::make_shared<DerivedImpl>();
    list->push_back(base);
    register_module("list", list);
  }
  torch::Tensor weights(int64_t at) {
    auto sum = net->at<nn::Conv2dImpl>(0).weight.sum() + net[0]->as<nn::Conv2d>()->weight.sum() + net[0]->as<nn::Module>()->parameters()[0];
    if (auto *linear = net[1]->as<nn::Linear>())
      sum += linear->weight.sum();
    auto *maybe = net[0]->as<nn::Linear>();
    if (maybe)
      sum += maybe->weight.sum();
    sum += net->at<nn::LinearImpl>(at).weight.sum() + given->at<nn::LinearImpl>(0).weight.sum() + open->at<nn::LinearImpl>(0).weight.sum();
    sum += given[0]->as<nn::Conv2d>()->weight.sum() + net[at]->as<nn::Linear>()->weight.sum();
    list->at<BaseImpl>(0).forward(sum);
    list->at<DerivedImpl>(1).forward(sum);
    list[0]->as<BaseImpl>()->forward(sum);
    for (auto &child : *net)
      if (child.ptr()->as<nn::Linear>() != nullptr)
        sum += child.ptr()->as<nn::Linear>()->weight.sum();
    return sum;
  }
  nn::Sequential net, open, given;
  nn::ModuleList list;
};

// Modules that are taken one by one.
struct Heads : torch::nn::Module {
  Heads() { heads = register_module("heads", torch::nn::Sequential(torch::nn::Linear(64, 10), torch::nn::Linear(64, 4))); }
  std::vector<torch::Tensor> forward(torch::Tensor x) {
    std::vector<torch::Tensor> all;
    for (auto &head : *heads)
      all.push_back(head.forward(x));
    return all;
  }
  torch::nn::Sequential heads{nullptr};
};
struct Tagger : torch::nn::Module {
  Tagger() : body(register_module("body", torch::nn::Sequential(torch::nn::LSTM(8, 16), torch::nn::Linear(16, 4)))) {}
  torch::Tensor forward(torch::Tensor x) {
    auto [y, state] = body->at<torch::nn::LSTMImpl>(0).forward(x);
    return body->at<torch::nn::LinearImpl>(1).forward(y);
  }
  torch::nn::Sequential body;
};
struct Decoder : torch::nn::Module {
  Decoder() {
    up->push_back(torch::nn::Conv2d(8, 32, 3));
    up->push_back(torch::nn::Conv2d(64, 8, 3));
    register_module("up", up);
  }
  torch::Tensor forward(torch::Tensor x, std::vector<torch::Tensor> skips) {
    size_t i = 0;
    for (auto it = up->begin(); it != up->end(); ++it)
      x = torch::cat({it->forward(x), skips[i++]}, 1);
    return x;
  }
  torch::nn::Sequential up;
};
