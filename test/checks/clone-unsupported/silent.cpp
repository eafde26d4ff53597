// RUN: %check torch-clone-unsupported %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

// torch/nn/parallel/data_parallel.h, which wants CUDA's headers.
namespace torch::nn::parallel {
template <typename Module> std::vector<Module> replicate(const Module &, const std::vector<torch::Device> &);
template <typename Module> torch::Tensor data_parallel(Module, torch::Tensor, std::vector<torch::Device> devices = {});
} // namespace torch::nn::parallel

namespace nn = torch::nn;

struct GoodImpl : nn::Cloneable<GoodImpl> {
  GoodImpl() { reset(); }
  void reset() override {
    fc = register_module("fc", nn::Linear(1, 1));
    layers.clear();
    layers.push_back(register_module("l", nn::Linear(1, 1)));
    chain = nn::Sequential();
    chain->push_back(nn::Linear(1, 1));
    register_module("chain", chain);
    nn::Sequential local;
    local->push_back(nn::ReLU());
  }
  nn::Linear fc{nullptr};
  std::vector<nn::Linear> layers;
  nn::Sequential chain{nullptr};
};
TORCH_MODULE(Good);
void good(Good net, torch::Tensor x) {
  auto copy = net->clone();
  nn::parallel::data_parallel(net, x);
}

// A clone() of its own.
struct OwnImpl : nn::Module {
  std::shared_ptr<nn::Module> clone(const torch::optional<torch::Device> &device = torch::nullopt) const override {
    return std::make_shared<OwnImpl>();
  }
};
void own(std::shared_ptr<OwnImpl> net) { net->clone(); }

// What it is, is not known here: derived in view, a module of any class, tensors.
struct BaseImpl : nn::Module {};
struct DerivedImpl : BaseImpl {
  std::shared_ptr<nn::Module> clone(const torch::optional<torch::Device> &device = torch::nullopt) const override {
    return std::make_shared<DerivedImpl>();
  }
};
void unknown(BaseImpl &base, nn::Module &any, torch::Tensor x, nn::Linear layer) {
  base.clone();
  any.clone();
  x.clone();
  layer->clone();
}

struct OneImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x) { return x; }
};
TORCH_MODULE(One);
torch::Tensor one(One net, torch::Tensor x) {
  return nn::parallel::data_parallel(net, x, std::vector<torch::Device>{torch::Device(torch::kCPU)});
}

// Registered by both, or by a function that is elsewhere.
struct BothImpl : nn::Cloneable<BothImpl> {
  BothImpl() { register_buffer("table", torch::ones(1)); reset(); }
  void reset() override { fc = register_module("fc", nn::Linear(1, 1)); }
  nn::Linear fc{nullptr};
};
struct ElsewhereImpl : nn::Cloneable<ElsewhereImpl> {
  ElsewhereImpl() { fc = register_module("fc", nn::Linear(1, 1)); }
  void reset() override { build(); }
  void build();
  nn::Linear fc{nullptr};
};

// A macro that is given the call means to see it throw.
#define EXPECT_THROW(statement, type) \
  try {                               \
    statement;                        \
  } catch (const type &) {            \
  }
struct PlainImpl : nn::Module {};
void expected(std::shared_ptr<PlainImpl> net) { EXPECT_THROW(net->clone(), c10::Error); }

// Look-alike: what the pointer holds is of a class derived elsewhere: abstract here, or made by nothing in view.
struct AbstractPolicy : torch::nn::Module {
  virtual torch::Tensor forward(torch::Tensor x) = 0;
};
struct BasePolicy : torch::nn::Module {
  virtual torch::Tensor forward(torch::Tensor x) { return x; }
};
std::shared_ptr<AbstractPolicy> makePolicy(const std::string &name);
std::shared_ptr<torch::nn::Module> makeTarget(const std::shared_ptr<AbstractPolicy> &online, BasePolicy &other,
                                              std::shared_ptr<BasePolicy> another) {
  other.clone();
  another->clone();
  return online->clone();
}

// Look-alike: reset() empties the container in other words, or a copy starts with an empty one.
struct ErasedImpl : torch::nn::Cloneable<ErasedImpl> {
  ErasedImpl() { reset(); }
  void reset() override {
    erased.erase(erased.begin(), erased.end());
    std::vector<torch::nn::Linear>().swap(swapped);
    erased.push_back(register_module("erased", torch::nn::Linear(2, 2)));
    swapped.push_back(register_module("swapped", torch::nn::Linear(2, 2)));
    for (const char *name : {"a", "b"})
      named.insert_or_assign(name, register_module(name, torch::nn::Linear(2, 2)));
  }
  std::vector<torch::nn::Linear> erased, swapped;
  std::map<std::string, torch::nn::Linear> named;
};
struct EmptyCopyImpl : torch::nn::Cloneable<EmptyCopyImpl> {
  EmptyCopyImpl() { reset(); }
  EmptyCopyImpl(const EmptyCopyImpl &other) : torch::nn::Cloneable<EmptyCopyImpl>(other) {}
  void reset() override { layers.push_back(register_module("layer", torch::nn::Linear(2, 2))); }
  std::vector<torch::nn::Linear> layers;
};
