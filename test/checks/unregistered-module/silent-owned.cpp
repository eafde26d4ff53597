// RUN: %check torch-unregistered-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-raw-module-container %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

// Look-alike: the owner registers the members of its blocks itself, under the names that a file has.
struct OwnedBlockImpl : nn::Module {
  explicit OwnedBlockImpl(int64_t n) {
    conv = nn::Conv2d(nn::Conv2dOptions(n, n, 3));
    norm = nn::BatchNorm2d(n);
  }
  torch::Tensor forward(torch::Tensor x) { return norm(conv(x)); }
  nn::Conv2d conv{nullptr};
  nn::BatchNorm2d norm{nullptr};
};
TORCH_MODULE(OwnedBlock);
struct OwnerImpl : nn::Module {
  OwnerImpl() {
    for (int i = 0; i < 3; ++i) {
      auto block = OwnedBlock(8);
      register_module("block" + std::to_string(i) + "_conv", block->conv);
      register_module("block" + std::to_string(i) + "_norm", block->norm);
      blocks.push_back(block);
    }
  }
  torch::Tensor forward(torch::Tensor x) {
    for (auto &block : blocks)
      x = block->forward(x);
    return x;
  }
  std::vector<OwnedBlock> blocks;
};
auto owner = std::make_shared<OwnerImpl>();

// Look-alike: left out on purpose, and looked after by hand: a target network, a frozen one, nets that are trained one by one.
struct TargetNetImpl : nn::Module {
  explicit TargetNetImpl(torch::Device device) {
    online = register_module("online", nn::Linear(4, 4));
    to(device);
    target->to(device);
    sync();
  }
  void sync() {
    torch::NoGradGuard guard;
    auto from = online->parameters(), to = target->parameters();
    for (size_t i = 0; i < from.size(); ++i)
      to[i].copy_(from[i]);
  }
  torch::Tensor forward(torch::Tensor x) { return online(x); }
  torch::Tensor target_q(torch::Tensor x) {
    torch::NoGradGuard guard;
    return target(x);
  }
  nn::Linear online{nullptr}, target{4, 4};
};
TORCH_MODULE(TargetNet);
struct FrozenPartImpl : nn::Module {
  FrozenPartImpl() {
    for (auto &p : vgg->parameters())
      p.set_requires_grad(false);
  }
  torch::Tensor forward(torch::Tensor x, torch::Tensor y) { return torch::mse_loss(vgg(x), vgg(y)); }
  void to(torch::Device device, bool non_blocking = false) override {
    nn::Module::to(device, non_blocking);
    vgg->to(device, non_blocking);
  }
  using nn::Module::to;
  nn::Linear vgg{4, 4};
};
TORCH_MODULE(FrozenPart);
struct OneByOneImpl : nn::Module {
  OneByOneImpl() : actor_optimizer(actor->parameters(), 1e-3) {}
  torch::Tensor forward(torch::Tensor x) { return critic(actor(x)); }
  void to_device(torch::Device device) {
    actor->to(device);
    critic->to(device);
  }
  void save_to(const std::string &folder) { torch::save(critic, folder + "/critic.pt"); }
  nn::Linear actor{4, 4}, critic{4, 4};
  torch::optim::Adam actor_optimizer;
};
TORCH_MODULE(OneByOne);

// Look-alike: the mode is handed on, or asked.
struct ModeHandedOnImpl : nn::Module {
  ModeHandedOnImpl() { fc = register_module("fc", nn::Linear(4, 4)); }
  void train(bool on = true) override {
    nn::Module::train(on);
    handed->train(on);
  }
  torch::Tensor forward(torch::Tensor x) {
    x = handed(fc(x));
    return is_training() ? asked(x) : x;
  }
  nn::Linear fc{nullptr};
  nn::Dropout handed{0.5}, asked{0.5};
};
TORCH_MODULE(ModeHandedOn);
