#include <torch/torch.h>
#include <functional>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale;
  NetImpl() { scale = register_parameter("scale", torch::ones({1})); }
  Tensor forward(Tensor x) {
    auto h = fc(x);
    h.register_hook([h](Tensor g) { return g * h; });
    h.register_hook([=](Tensor g) { return g * h; });
    h.register_hook([copy = h](Tensor g) { return g * copy; });
    return h;
  }
  void hook_own() {
    auto self = shared_from_this();
    scale.register_hook([self](Tensor g) { return g; });
    scale.register_hook([s = scale](Tensor g) { return g * s; });
  }
};
TORCH_MODULE(Net);

void alias(Tensor x, Net net) {
  auto h = torch::relu(x);
  auto other = h;
  h.register_hook([other](Tensor g) { return g * other; });
  other.register_hook([h](Tensor g) { return g * h; });
  // Computed from it: the graph of the result leads back to the hook.
  auto y = h * 2;
  h.register_hook([y](Tensor g) { return g * y; });
}

// A parameter and the module that owns it.
void owner(Net net, std::shared_ptr<NetImpl> impl) {
  net->scale.register_hook([net](Tensor g) { return g; });
  net->fc->weight.register_hook([net](Tensor g) { return g; });
  for (auto &p : net->parameters())
    p.register_hook([net](Tensor g) { return g; });
  impl->scale.register_hook([impl](Tensor g) { return g; });
  auto w = net->fc->weight;
  w.register_hook([w](Tensor g) { return g * w; });
}

// A member expression captured by a copy of the same text.
void text(Net net) {
  net->fc->weight.register_hook([w = net->fc->weight](Tensor g) { return g * w; });
}

Tensor times(Tensor self, Tensor grad) { return grad * self; }
void bound(Tensor x) {
  auto h = torch::relu(x);
  std::function<Tensor(Tensor)> hook = std::bind(times, h, std::placeholders::_1);
  h.register_hook(hook);
}

struct Scale {
  Tensor by;
  Tensor operator()(Tensor grad) const { return grad * by; }
};
void functor(Tensor x) {
  auto h = torch::relu(x);
  h.register_hook(Scale{h});
}

// A variable that holds the lambda.
void variable(Tensor x) {
  auto h = torch::relu(x);
  auto hook = [h](Tensor g) { return g * h; };
  h.register_hook(hook);
}
