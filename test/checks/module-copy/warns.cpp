// RUN: %check torch-module-copy %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

struct NetImpl : nn::Module {
  NetImpl() {
    fc = register_module("fc", nn::Linear(1, 1));
    drop = register_module("drop", nn::Dropout());
  }
  torch::Tensor forward(torch::Tensor x) { return drop(fc(x)); }
  void freeze() { fc->weight.set_requires_grad(false), eval(); }
  nn::Linear fc{nullptr};
  nn::Dropout drop{nullptr};
  double scale = 1;
};
TORCH_MODULE(Net);

// Named copies: what changes one changes both.
void object(torch::Tensor x) {
  NetImpl a;
  NetImpl b = a;
  // CHECK: :[[@LINE-1]]:15: warning: this copy of a 'NetImpl' has the modules and tensors of the original, none of its own [torch-module-copy]
  // CHECK: :[[@LINE+1]]:3: note: this switches one of the two, and the modules that both have
  b.eval();
  a.forward(x);
}
void pointer(Net net) {
  auto target = *net;
  // CHECK: :[[@LINE-1]]:17: warning: this copy of a 'NetImpl' has
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: note: this changes both
  for (auto &parameter : target.parameters())
    parameter.data().fill_(0);
}
void optimized(const std::shared_ptr<NetImpl> &net) {
  NetImpl copy(*net);
  // CHECK: :[[@LINE-1]]:16: warning: this copy of a
  // CHECK: :[[@LINE+1]]:24: note: this changes both
  torch::optim::SGD of(copy.parameters(), 0.1);
}
void listed(const std::shared_ptr<NetImpl> &net) {
  NetImpl copy(*net);
  // CHECK: :[[@LINE-1]]:16: warning: this copy of a
  // CHECK: :[[@LINE+1]]:21: note: this changes both
  auto parameters = copy.parameters();
  torch::optim::SGD of(parameters, 0.1);
}
void by_make_shared(Net net) {
  auto replica = std::make_shared<NetImpl>(*net);
  // CHECK: :[[@LINE-1]]:44: warning: this copy of a
  // CHECK: :[[@LINE+1]]:3: note: this changes both
  replica->to(torch::kDouble);
}
void by_holder(Net net) {
  Net replica(*net);
  // CHECK: :[[@LINE-1]]:15: warning: this copy of a
  // CHECK: :[[@LINE+1]]:3: note: this changes both
  torch::load(replica, "net.pt");
}
void by_new(NetImpl &net) {
  std::unique_ptr<NetImpl> replica(new NetImpl(net));
  // CHECK: :[[@LINE-1]]:48: warning: this copy of a
  // CHECK: :[[@LINE+1]]:3: note: this changes both
  nn::init::zeros_(replica->fc->weight);
}
void assigned(NetImpl &target, const NetImpl &online) {
  target = online;
  // CHECK: :[[@LINE-1]]:12: warning: this copy of a
  // CHECK: :[[@LINE+1]]:3: note: this changes both
  target.fc->weight.data().add_(1);
}
void snapshot(NetImpl &net, torch::Tensor x) {
  auto best = net;
  // CHECK: :[[@LINE-1]]:15: warning: this copy of a
  // CHECK: :[[@LINE+1]]:3: note: this changes both
  net.zero_grad();
  best.forward(x);
}
void of_a_method(NetImpl &net) {
  NetImpl frozen = net;
  // CHECK: :[[@LINE-1]]:20: warning: this copy of a
  // CHECK: :[[@LINE+1]]:3: note: this
  frozen.freeze();
}
torch::Tensor evaluate(NetImpl net, torch::Tensor x) {
  net.eval();
  return net.forward(x);
}
torch::Tensor by_value(Net net, torch::Tensor x) {
  return evaluate(*net, x);
  // CHECK: :[[@LINE-1]]:19: warning: this copy of a
  // CHECK: :[[@LINE-6]]:3: note: this switches one of the two
}
auto captured(NetImpl &net) {
  return [net](torch::Tensor x) mutable {
    // CHECK: :[[@LINE-1]]:11: warning: this copy of a
    // CHECK: :[[@LINE+1]]:5: note: this switches
    net.eval();
    return net.forward(x);
  };
}
void each(std::vector<NetImpl> &nets) {
  for (auto net : nets)
    // CHECK: :[[@LINE-1]]:19: warning: this copy of a
    // CHECK: :[[@LINE+1]]:5: note: this switches
    net.train();
}
void layer(nn::Linear a) {
  nn::LinearImpl b = *a;
  // CHECK: :[[@LINE-1]]:22: warning: this copy of a 'LinearImpl' has
  // CHECK: :[[@LINE+1]]:3: note: this changes both
  b.reset_parameters();
}

// Kept.
struct Agent {
  explicit Agent(const NetImpl &online) : target(online) {}
  // CHECK: :[[@LINE-1]]:50: warning: this copy of a
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: note: this
  void train() { target.train(); }
  NetImpl target;
};
void agent() {
  NetImpl online;
  Agent of(online);
}
struct DoubleImpl : nn::Module {
  DoubleImpl() {
    online = register_module("online", Net());
    target = std::make_shared<NetImpl>(*online);
    // CHECK: :[[@LINE-1]]:40: warning: this copy of a
    // CHECK: :[[@LINE+3]]:{{[0-9]+}}: note: this changes both
  }
  void learn() {
    torch::optim::SGD of(online->parameters(), 0.1);
  }
  Net online{nullptr};
  std::shared_ptr<NetImpl> target;
};
void ensemble(NetImpl net) {
  std::vector<NetImpl> nets(5, net);
  // CHECK: :[[@LINE-1]]:32: warning: all these copies of a 'NetImpl' have the same modules and tensors, those of the original
  std::vector<NetImpl> more;
  for (int i = 0; i < 5; ++i)
    more.push_back(net);
    // CHECK: :[[@LINE-1]]:20: warning: this 'NetImpl' is copied each time: the copies have the same modules and tensors
    // CHECK: :[[@LINE-2]]:5: note: copied again here
}

// Boxed by a container, while the object was meant.
struct NoisyImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x) { return is_training() ? x + torch::randn_like(x) : x; }
  double scale = 1;
};
void pushed() {
  NoisyImpl noisy;
  NetImpl net;
  nn::Sequential chain(noisy);
  // CHECK: :[[@LINE-1]]:24: warning: this 'NoisyImpl' is copied: what is done to the object later does not reach the copy [torch-module-copy]
  // CHECK: :[[@LINE+4]]:3: note: this changes one of them alone
  chain->push_back("net", net);
  // CHECK: :[[@LINE-1]]:27: warning: this 'NetImpl' is copied: what is done to the object later does not reach the copy, but for the modules and tensors that both have
  // CHECK: :[[@LINE+2]]:3: note: this switches one of the two, and the modules that both have
  noisy.scale = 2;
  net.eval();
}
void boxed() {
  NoisyImpl noisy;
  nn::AnyModule any(noisy);
  // CHECK: :[[@LINE-1]]:21: warning: this 'NoisyImpl' is copied
  // CHECK: :[[@LINE+1]]:3: note: this switches one of the two
  noisy.eval();
}
void stacked() {
  Net net;
  nn::ModuleList list;
  list->push_back(*net);
  // CHECK: :[[@LINE-1]]:19: warning: this 'NetImpl' is copied each time: the copies have the same modules and tensors
  // CHECK: :[[@LINE+1]]:3: note: copied again here
  list->push_back(*net);
}

// Copy constructors that hand on what is registered, and make parts of their own.
struct AgainImpl : nn::Module {
  AgainImpl() { build(); }
  AgainImpl(const AgainImpl &other) : nn::Module(other) { build(); }
  // CHECK: :[[@LINE-1]]:39: warning: this copies what the other 'AgainImpl' has registered: to register it again throws
  // CHECK: :[[@LINE+1]]:23: note: registered again here
  void build() { fc = register_module("fc", nn::Linear(1, 1)); }
  nn::Linear fc{nullptr};
};
struct HalfImpl : nn::Module {
  HalfImpl() { fc = register_module("fc", nn::Linear(1, 1)); }
  HalfImpl(const HalfImpl &other) : nn::Module(other), fc(std::dynamic_pointer_cast<nn::LinearImpl>(other.fc->clone())) {}
  // CHECK: :[[@LINE-1]]:37: warning: this copies what the other 'HalfImpl' has registered: the copy lists the other's 'fc' and runs one that is not registered
  // CHECK: :[[@LINE-2]]:{{[0-9]+}}: note: the copy's own is made here
  nn::Linear fc{nullptr};
};

// Two networks that the code built become one.
struct QImpl : nn::Module {
  explicit QImpl(int64_t n) : fc(register_module("fc", nn::Linear(n, n))) {}
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  nn::Linear fc;
};
TORCH_MODULE(Q);
struct Learner {
  explicit Learner(int64_t n) : policy(n), target(n) {}
  void update() { target = policy; }
  // CHECK: :[[@LINE-1]]:19: warning: 'target' and 'policy' are one module from here on: no weights are copied, and the network that 'target' was built as is gone
  // CHECK: :[[@LINE-3]]:{{[0-9]+}}: note: built here
  Q policy, target;
};
struct PairImpl : nn::Module {
  explicit PairImpl(int64_t n) {
    online = register_module("online", std::make_shared<QImpl>(n));
    slow = register_module("slow", std::make_shared<QImpl>(n));
  }
  void take() { slow = online; }
  // CHECK: :[[@LINE-1]]:17: warning: 'slow' and 'online' are one module from here on
  // CHECK: note: built here
  std::shared_ptr<QImpl> online, slow;
};
void keepBest(int rounds) {
  Q net(4), best(4);
  for (int i = 0; i < rounds; ++i)
    best = net;
  // CHECK: :[[@LINE-1]]:5: warning: 'best' and 'net' are one module from here on
  // CHECK: note: built here
}
