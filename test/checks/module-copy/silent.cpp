// RUN: %check torch-module-copy %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

struct NetImpl : nn::Cloneable<NetImpl> {
  explicit NetImpl(int64_t size = 1) : size(size) { reset(); }
  NetImpl(const NetImpl &) = default;
  void reset() override {
    fc = register_module("fc", nn::Linear(size, size));
    drop = register_module("drop", nn::Dropout());
  }
  torch::Tensor forward(torch::Tensor x) { return drop(fc(x)); }
  int64_t size;
  nn::Linear fc{nullptr};
  nn::Dropout drop{nullptr};
};
TORCH_MODULE(Net);

// 1. Temporaries: what is boxed has no other name.
void temporaries() {
  nn::Sequential chain(NetImpl(1), NetImpl(2));
  chain->push_back(NetImpl(3));
  chain->push_back("four", NetImpl{4});
  auto made = std::make_shared<NetImpl>(NetImpl(5));
  made->eval();
}
// 2. Moved.
void moved() {
  NetImpl net;
  nn::Sequential chain;
  chain->push_back(std::move(net));
  NetImpl again(1);
  NetImpl other = std::move(again);
  other.eval();
}
// 3. Built in place.
struct Holder {
  Holder() : net(3) { net.eval(); }
  NetImpl net;
};
// 4. Holders and pointers share, which is their meaning.
void shared(Net net, std::shared_ptr<NetImpl> pointer) {
  Net other = net;
  auto same = pointer;
  nn::Sequential chain(net, pointer);
  chain->push_back(net);
  other->eval();
  same->to(torch::kDouble);
  [net]() mutable { net->train(); }();
}
// 5. clone(), and Cloneable's own way to it.
struct ShallowImpl : nn::Module {
  ShallowImpl() { fc = register_module("fc", nn::Linear(1, 1)); }
  std::shared_ptr<nn::Module> clone(const torch::optional<torch::Device> &device = torch::nullopt) const override {
    auto copy = std::make_shared<ShallowImpl>(*this);
    copy->fc = copy->replace_module("fc", nn::Linear(1, 1));
    copy->eval();
    return copy;
  }
  nn::Linear fc{nullptr};
};
void cloned(Net net) {
  auto copy = std::dynamic_pointer_cast<NetImpl>(net->clone());
  copy->eval();
}
// 6. Nothing to share.
void functional() {
  nn::ReLUImpl relu;
  nn::Sequential chain;
  chain->push_back(relu);
  chain->push_back(relu);
  nn::ReLUImpl other = relu;
  other.eval();
  relu.eval();
}
struct ScaleImpl : nn::Module {
  torch::Tensor forward(torch::Tensor x) { return x * 2; }
};
void stateless() {
  ScaleImpl scale;
  nn::Sequential chain(scale, scale);
  scale.eval();
}
// 7. The original is not used again.
nn::Sequential handed_on() {
  NetImpl net;
  nn::Sequential chain(net);
  chain->eval();
  auto other = std::make_shared<NetImpl>();
  chain->push_back(*other);
  NetImpl first, second = first;
  second.eval();
  return chain;
}
// 8. A new original in each round.
void rounds(nn::Sequential chain) {
  for (int i = 1; i < 5; ++i) {
    NetImpl net(i);
    chain->push_back(net);
  }
}
// 9. Both are only run, listed, saved.
torch::Tensor run(NetImpl net, torch::Tensor x) { return net.forward(x); }
size_t count(NetImpl net) {
  size_t n = 0;
  for (const auto &parameter : net.parameters())
    n += parameter.numel();
  return n;
}
void only_run(Net net, torch::Tensor x) {
  NetImpl copy = *net;
  copy.forward(x);
  net->forward(x);
  run(*net, x);
  count(*net);
  auto later = [copy](torch::Tensor x) mutable { return copy.forward(x); };
  torch::save(net, "net.pt");
}
// 10. The copy is gone when the original is changed, and the original boxed when nothing follows but runs.
void in_turn(Net net, torch::Tensor x) {
  {
    NetImpl copy = *net;
    copy.forward(x);
  }
  net->eval();
}
void boxed(torch::Tensor x) {
  NetImpl net;
  nn::Sequential chain(net);
  net.forward(x);
  torch::optim::SGD of(net.parameters(), 0.1);
}
// 11. A reference is no copy.
void references(Net net) {
  auto &same = *net;
  const NetImpl &also = *net;
  same.eval();
  for (auto &child : net->children())
    child->train();
}
// 12. A copy constructor that makes a module of its own.
struct DeepImpl : nn::Module {
  DeepImpl() { build(); }
  DeepImpl(const DeepImpl &other) : nn::Module() { build(); }
  void build() { fc = register_module("fc", nn::Linear(1, 1)); }
  nn::Linear fc{nullptr};
};
void deep(DeepImpl &a) {
  DeepImpl b = a;
  b.eval();
}
// 13. One that replaces what it was handed.
struct ReplacingImpl : nn::Module {
  ReplacingImpl() { fc = register_module("fc", nn::Linear(1, 1)); }
  ReplacingImpl(const ReplacingImpl &other) : nn::Module(other) { fc = replace_module("fc", nn::Linear(1, 1)); }
  nn::Linear fc{nullptr};
};
// 14. One for Cloneable, which empties what is registered and calls reset().
struct CopyableImpl : nn::Cloneable<CopyableImpl> {
  CopyableImpl() { reset(); }
  CopyableImpl(const CopyableImpl &other) : nn::Cloneable<CopyableImpl>(other), size(other.size) {}
  void reset() override { fc = register_module("fc", nn::Linear(size, size)); }
  int64_t size = 1;
  nn::Linear fc{nullptr};
};
// 15. One whose body is elsewhere.
struct ElsewhereImpl : nn::Module {
  ElsewhereImpl() { fc = register_module("fc", nn::Linear(1, 1)); }
  ElsewhereImpl(const ElsewhereImpl &other);
  nn::Linear fc{nullptr};
};
void elsewhere(ElsewhereImpl &a) {
  ElsewhereImpl b = a;
  b.eval();
}
// 16. A parameter that callers may give a temporary.
struct Server {
  explicit Server(const NetImpl &net) : net(net) {}
  void start() { net.eval(); }
  NetImpl net;
};
void serve() { Server of(NetImpl(3)); }
// 17. What is pointed to is made for the copy alone.
Net make();
void owned() {
  NetImpl copy = *make();
  copy.eval();
  NetImpl other = *Net(3);
  other.eval();
}
// 18. Options, tensors and script modules are copied by value on purpose.
void others(nn::LinearOptions options, torch::Tensor x, torch::jit::Module script) {
  auto changed = options;
  changed.bias(false);
  auto y = x;
  y.zero_();
  auto copy = script;
  copy.eval();
}
// 19. The original is made anew before it is boxed again.
void anew(nn::Sequential chain) {
  NetImpl net(1);
  chain->push_back(net);
  net = NetImpl(2);
  chain->push_back(net);
}

// Holders that share on purpose: null before, handed in, made anew, fetched, or taking turns.
struct SharedQImpl : nn::Module {
  explicit SharedQImpl(int64_t n) : fc(register_module("fc", nn::Linear(n, n))) {}
  nn::Linear fc;
};
TORCH_MODULE(SharedQ);
struct Sharing {
  Sharing(SharedQ given, int64_t n) : built(n), handed(given), current(n), next(n) {
    tied = built;
    other = SharedQ(n);
  }
  void set(SharedQ net) { built = net; }
  void renew(int64_t n) {
    SharedQ fresh(n);
    other = fresh;
    handed = built;
    built = SharedQ(n);
  }
  void turn(int64_t n) {
    current = next;
    next = SharedQ(n);
  }
  SharedQ built, tied{nullptr}, handed, other{nullptr}, current, next;
};
void locals(std::vector<SharedQ> &all) {
  SharedQ first(4), none{nullptr};
  none = first;
  SharedQ chosen = all[0];
  chosen = first;
  all[0] = first;
}
// Chosen, not copied.
float score(SharedQ net);
SharedQ bestOf(int n) {
  SharedQ best(4);
  float most = score(best);
  for (int i = 0; i < n; ++i) {
    SharedQ candidate(4);
    if (float now = score(candidate); now > most) {
      best = candidate;
      most = now;
    }
  }
  return best;
}
void oneOfTwo(bool small) {
  SharedQ a(4), b(8), chosen(2);
  if (small)
    chosen = a;
  else
    chosen = b;
  score(chosen);
}
struct Siamese {
  explicit Siamese(bool tied) : left(4), right(4) {
    if (tied)
      right = left;
  }
  SharedQ left, right;
};
struct Player {
  SharedQ big{64}, little{8}, current{8};
  void choose(bool strong) {
    if (strong)
      current = big;
    else
      current = little;
  }
};
