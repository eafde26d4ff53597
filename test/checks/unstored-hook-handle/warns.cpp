// RUN: %check torch-unstored-hook-handle %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <functional>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale, mask;
  NetImpl() {
    fc = register_module("fc", torch::nn::Linear(2, 2));
    scale = register_parameter("scale", torch::ones({1}));
    scale.register_hook([](Tensor g) { return g * 2; });
    // CHECK: :[[@LINE-1]]:11: warning: handle of the hook on 'scale' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
    fc->weight.register_hook([](Tensor g) { return g * 2; });
    // CHECK: :[[@LINE-1]]:16: warning: handle of the hook on 'fc->weight' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
    register_parameter("bias", torch::ones({1})).register_hook([](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:50: warning: handle of the hook on 'register_parameter("bias", torch::ones({1}))' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
  }
  Tensor forward(Tensor x) { return fc(x); }
};
TORCH_MODULE(Net);

void loops(Net net) {
  for (auto &p : net->parameters())
    p.register_hook([](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:7: warning: handle of the hook on 'p' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
  for (auto &item : net->named_parameters())
    item.value().register_hook([](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:18: warning: handle of the hook on 'item.value()' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
  auto params = net->parameters();
  params[0].register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:13: warning: handle of the hook on 'params[0]' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
  auto named = net->named_parameters();
  named["fc.weight"].register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:22: warning: handle of the hook on 'named["fc.weight"]' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
  named.find("fc.bias")->register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:26: warning: handle of the hook on 'named.find("fc.bias")' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
}

void alias(Net net, bool first) {
  auto w = net->fc->weight;
  w.register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:5: warning: handle of the hook on 'w' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
  (first ? net->fc->weight : net->scale).register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:42: warning: handle of the hook on '(first ? net->fc->weight : net->scale)' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
  if (first)
    net->scale.register_hook([](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:16: warning: handle of the hook on 'net->scale' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
}

static Tensor g_weight;
void statics() {
  static Tensor table = torch::ones({2});
  g_weight.register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:12: warning: handle of the hook on 'g_weight' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
  table.register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:9: warning: handle of the hook on 'table' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
}

void growing(int epochs) {
  Tensor w = torch::ones({2}, torch::requires_grad());
  for (int i = 0; i < epochs; ++i) {
    w.register_hook([](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:7: warning: handle of the hook on 'w' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
    w.sum().backward();
  }
}

void unread(Net net) {
  unsigned handle = net->scale.register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:32: warning: handle of the hook on 'net->scale' goes into 'handle', which nothing reads; the hook runs at every backward for as long as its target lives [torch-unstored-hook-handle]
  std::vector<unsigned> handles;
  for (auto &p : net->parameters())
    handles.push_back(p.register_hook([](Tensor g) { return g; }));
    // CHECK: :[[@LINE-1]]:25: warning: handle of the hook on 'p' goes into 'handles', which nothing reads; the hook runs at every backward for as long as its target lives [torch-unstored-hook-handle]
}

class Probe {
 public:
  explicit Probe(Net net) {
    one_ = net->scale.register_hook([](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:23: warning: handle of the hook on 'net->scale' goes into 'one_', which nothing reads; the hook runs at every backward for as long as its target lives [torch-unstored-hook-handle]
    many_["scale"] = net->scale.register_hook([](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:33: warning: handle of the hook on 'net->scale' goes into 'many_', which nothing reads; the hook runs at every backward for as long as its target lives [torch-unstored-hook-handle]
  }

 private:
  unsigned one_;
  std::map<std::string, unsigned> many_;
};

void callbacks() {
  at::addGlobalCallback(at::RecordFunctionCallback(nullptr));
  // CHECK: :[[@LINE-1]]:3: warning: handle of the callback is discarded; the callback runs at every operator for the rest of the process, and nothing can remove it [torch-unstored-hook-handle]
  at::addThreadLocalCallback(at::RecordFunctionCallback(nullptr));
  // CHECK: :[[@LINE-1]]:3: warning: handle of the callback is discarded; the callback runs at every operator for the rest of the process, and nothing can remove it [torch-unstored-hook-handle]
}

struct Counter : torch::autograd::FunctionPostHook {
  torch::autograd::variable_list operator()(const torch::autograd::variable_list &out,
                                            const torch::autograd::variable_list &) override {
    return out;
  }
};
void nodes(Net net) {
  auto node = torch::autograd::impl::grad_accumulator(net->scale);
  node->add_post_hook(std::make_unique<Counter>());
  // CHECK: :[[@LINE-1]]:9: warning: handle of the hook on 'node' is discarded; the hook runs at every backward for as long as its target lives, and nothing can remove it [torch-unstored-hook-handle]
}
