// RUN: %check torch-unstored-hook-handle %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale, state;
  NetImpl() { fc = register_module("fc", torch::nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    // The result of a module call: the hook dies with the graph.
    auto h = fc(x);
    h.register_hook([](Tensor g) { return g * 0.5; });
    auto f = fc->forward(x);
    f.register_hook([](Tensor g) { return g * 0.5; });
    // The result of an operator.
    torch::relu(h).register_hook([](Tensor g) { return g; });
    h.view({-1}).register_hook([](Tensor g) { return g; });
    h[0].register_hook([](Tensor g) { return g; });
    (h + f).register_hook([](Tensor g) { return g; });
    // A data member that holds this call's result.
    state = fc(x);
    state.register_hook([](Tensor g) { return g; });
    // A variable that is rebound to a result.
    Tensor y = scale;
    y = torch::relu(h);
    y.register_hook([](Tensor g) { return g; });
    return y;
  }
};
TORCH_MODULE(Net);

// A local leaf dies with the function.
void local_leaf() {
  Tensor x = torch::ones({2}, torch::requires_grad());
  x.register_hook([](Tensor g) { return g; });
  for (int i = 0; i < 3; ++i) {
    Tensor v = torch::randn({2}, torch::requires_grad());
    v.register_hook([](Tensor g) { return g; });
    v.sum().backward();
  }
}

// Handed in by the caller, or made by a function out of view: unknown.
Tensor make();
void unknown(Tensor w, std::vector<Tensor> &params, Tensor *pointer) {
  w.register_hook([](Tensor g) { return g; });
  for (auto &p : params)
    p.register_hook([](Tensor g) { return g; });
  pointer->register_hook([](Tensor g) { return g; });
  make().register_hook([](Tensor g) { return g; });
}

// Dropped on purpose.
void on_purpose(Net net) {
  (void)net->scale.register_hook([](Tensor g) { return g; });
  static_cast<void>(net->scale.register_hook([](Tensor g) { return g; }));
  [[maybe_unused]] auto h = net->scale.register_hook([](Tensor g) { return g; });
}

// Returned, passed on, stored elsewhere.
void keep(unsigned);
unsigned hand_on(Net net, std::vector<unsigned> &out, unsigned *where) {
  keep(net->scale.register_hook([](Tensor g) { return g; }));
  out.push_back(net->scale.register_hook([](Tensor g) { return g; }));
  *where = net->scale.register_hook([](Tensor g) { return g; });
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  keep(h);
  return net->scale.register_hook([](Tensor g) { return g; });
}

// Part of what a call returned: this step's states and losses.
struct Output {
  Tensor loss;
  std::vector<Tensor> state;
};
Output step(Net net, Tensor x);
void steps(Net net, Tensor x) {
  auto output = step(net, x);
  output.loss.register_hook([](Tensor g) { return g * 0.5; });
  for (auto &state : output.state)
    state.register_hook([](Tensor g) { return g * 0.5; });
  output = step(net, output.state[0]);
  output.state.back().register_hook([](Tensor g) { return g; });
}

// Removed by the same function.
void removed(Net net) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  net->scale.remove_hook(h);
}

// A data member with removal in another member function.
class Owner {
 public:
  explicit Owner(Net net) : net_(net), first_(net->scale.register_hook([](Tensor g) { return g; })) {
    for (auto &p : net->parameters())
      handles_.push_back(p.register_hook([](Tensor g) { return g; }));
  }
  ~Owner() {
    net_->scale.remove_hook(first_);
    size_t i = 0;
    for (auto &p : net_->parameters())
      p.remove_hook(handles_[i++]);
  }

 private:
  Net net_;
  unsigned first_;
  std::vector<unsigned> handles_;
};

// A member function out of view may remove it.
class Elsewhere {
 public:
  explicit Elsewhere(Net net) { handle_ = net->scale.register_hook([](Tensor g) { return g; }); }
  void stop(Net net);

 private:
  unsigned handle_;
};

// A hook of a graph node that dies with the graph.
void node(Tensor loss) {
  loss.grad_fn()->add_post_hook(nullptr);
}

// No handle to keep.
void no_handle(Net net) {
  torch::autograd::impl::grad_accumulator(net->scale)->add_pre_hook(nullptr);
}

// A function of the same name that is not LibTorch's.
struct Bus {
  int register_hook(int);
  Tensor weight;
};
void other(Bus &bus) { bus.register_hook(1); }

// The handle is captured by whoever removes it.
std::function<void()> guard(Net net) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  return [net, h] { net->scale.remove_hook(h); };
}

// For the whole process.
int main() {
  at::addGlobalCallback(at::RecordFunctionCallback(nullptr));
}
