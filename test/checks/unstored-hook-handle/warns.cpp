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
    fc->weight.register_hook([](Tensor g) { return g * 2; });
    register_parameter("bias", torch::ones({1})).register_hook([](Tensor g) { return g; });
  }
  Tensor forward(Tensor x) { return fc(x); }
};
TORCH_MODULE(Net);

void loops(Net net) {
  for (auto &p : net->parameters())
    p.register_hook([](Tensor g) { return g; });
  for (auto &item : net->named_parameters())
    item.value().register_hook([](Tensor g) { return g; });
  auto params = net->parameters();
  params[0].register_hook([](Tensor g) { return g; });
  auto named = net->named_parameters();
  named["fc.weight"].register_hook([](Tensor g) { return g; });
  named.find("fc.bias")->register_hook([](Tensor g) { return g; });
}

void alias(Net net, bool first) {
  auto w = net->fc->weight;
  w.register_hook([](Tensor g) { return g; });
  (first ? net->fc->weight : net->scale).register_hook([](Tensor g) { return g; });
  if (first)
    net->scale.register_hook([](Tensor g) { return g; });
}

static Tensor g_weight;
void statics() {
  static Tensor table = torch::ones({2});
  g_weight.register_hook([](Tensor g) { return g; });
  table.register_hook([](Tensor g) { return g; });
}

void growing(int epochs) {
  Tensor w = torch::ones({2}, torch::requires_grad());
  for (int i = 0; i < epochs; ++i) {
    w.register_hook([](Tensor g) { return g; });
    w.sum().backward();
  }
}

void unread(Net net) {
  unsigned handle = net->scale.register_hook([](Tensor g) { return g; });
  std::vector<unsigned> handles;
  for (auto &p : net->parameters())
    handles.push_back(p.register_hook([](Tensor g) { return g; }));
}

class Probe {
 public:
  explicit Probe(Net net) {
    one_ = net->scale.register_hook([](Tensor g) { return g; });
    many_["scale"] = net->scale.register_hook([](Tensor g) { return g; });
  }

 private:
  unsigned one_;
  std::map<std::string, unsigned> many_;
};

void callbacks() {
  at::addGlobalCallback(at::RecordFunctionCallback(nullptr));
  at::addThreadLocalCallback(at::RecordFunctionCallback(nullptr));
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
}
