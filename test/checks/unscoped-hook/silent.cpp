// RUN: %check torch-unscoped-hook %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <torchtidy/hooks.h>
#include <torchtidy/tensor_hook.h>
#include <functional>
#include <memory>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale;
  Tensor forward(Tensor x) { return fc(x); }
};
TORCH_MODULE(Net);

// Removed by a destructor.
struct Owner {
  Tensor w;
  unsigned handle;
  explicit Owner(Tensor t) : w(t), handle(w.register_hook([](Tensor g) { return g; })) {}
  ~Owner() { w.remove_hook(handle); }
};
void owner(Net net, Tensor x) {
  Owner hook(net->scale);
  net(x).sum().backward();
}

// The runtime's handles remove their hook in the destructor, whether or not they are told to before.
void runtime_handles(Net net, torch::nn::Module &m, Tensor x) {
  torchtidy::ScopedTensorHook tensor_hook(net->scale, [](const Tensor &g) { return g * 2; });
  auto hook = torchtidy::register_forward_pre_hook(m, [](torch::nn::Module &, torchtidy::Values &) {});
  net(x).sum().backward();
  hook.remove();
  tensor_hook.remove();
}

// A scope guard.
struct Guard {
  std::function<void()> f;
  ~Guard() { f(); }
};
void guard(Net net, Tensor x) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  Guard g{[&] { net->scale.remove_hook(h); }};
  net(x).sum().backward();
}

// Handler and plain path both remove it.
void handler(Net net, Tensor x) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  try {
    net(x).sum().backward();
  } catch (...) {
    net->scale.remove_hook(h);
    throw;
  }
  net->scale.remove_hook(h);
}

// Nothing in between.
void at_once(Net net) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  net->scale.remove_hook(h);
}

// Nothing in between that throws.
int count() noexcept;
void no_throw(Net net) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  int n = count();
  n += 1;
  net->scale.remove_hook(h);
}

// The tensor dies with the function.
void local(Tensor x) {
  Tensor w = torch::ones({2}, torch::requires_grad());
  auto h = w.register_hook([](Tensor g) { return g; });
  (w * x).sum().backward();
  w.remove_hook(h);
}

// The hook dies with the graph.
void graph(Net net, Tensor x) {
  auto y = net(x);
  auto h = y.register_hook([](Tensor g) { return g; });
  y.sum().backward();
  y.remove_hook(h);
}

// Handed on: somebody else removes it.
void take(unsigned);
void handed_on(Net net, Tensor x) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  take(h);
  net(x).sum().backward();
  net->scale.remove_hook(h);
}
unsigned returned(Net net) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  return h;
}

// Never removed at all: torch-unstored-hook-handle says so.
void never(Net net) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
}

// A data member: another member function removes it.
class Watch {
 public:
  void start(Net net) { handle_ = net->scale.register_hook([](Tensor g) { return g; }); }
  void stop(Net net) { net->scale.remove_hook(handle_); }

 private:
  unsigned handle_;
};

// Removed on both branches.
void both(Net net, bool first) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  if (first)
    net->scale.remove_hook(h);
  else
    net->scale.remove_hook(h);
}

// The path that skips the removal ends the process.
void aborts(Net net, bool broken) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  if (broken)
    std::abort();
  net->scale.remove_hook(h);
}

// An exception in main ends the process.
int main() {
  Net net;
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  net(torch::ones({2})).sum().backward();
  net->scale.remove_hook(h);
}
