#include <torch/torch.h>
#include <mutex>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale;
  Tensor forward(Tensor x) { return fc(x); }
};
TORCH_MODULE(Net);

std::mutex mutex;
std::vector<Tensor> kept;
Tensor last;
std::unique_ptr<at::ObserverContext> start(const at::RecordFunction &fn) {
  kept.push_back(fn.inputs()[0].toTensor());
  return nullptr;
}
void end(const at::RecordFunction &fn, at::ObserverContext *) {
  auto out = fn.outputs()[0].toTensor();
  last = out;
  last = out.view({-1});
  kept.push_back(out.mean());
  kept.emplace_back(out.clone());
}
at::CallbackHandle record() {
  return at::addGlobalCallback(at::RecordFunctionCallback(start, end).needsInputs(true));
}

// A gradient with a graph: some backward in view runs with create_graph.
void penalty(Net net, std::vector<Tensor> &out) {
  Tensor x = torch::ones({1, 2}, torch::requires_grad());
  Tensor norm;
  x.register_hook([&](Tensor grad) {
    out.push_back(grad);
    norm = grad.norm();
  });
  net(x).sum().backward({}, true, true);
}

// The gradient hook brings another tensor with it.
void captured(Net net, Tensor x, std::vector<Tensor> &records) {
  auto hidden = torch::relu(net(x));
  auto logits = net(hidden);
  logits.register_hook([&records, hidden](Tensor) { records.push_back(hidden); });
  logits.register_hook([&](Tensor) { records.push_back(hidden); });
}

// Never removed: the closure itself keeps the graph.
void held(Net net, Tensor x) {
  auto out = net(x);
  net->scale.register_hook([out](Tensor g) { return g * out.mean().item<double>(); });
  net->scale.register_hook([o = net(x)](Tensor g) { return g * o.mean().item<double>(); });
}

struct Recorder {
  std::map<std::string, Tensor> grads;
  std::pair<int, Tensor> latest;
  void watch(Tensor w) {
    handle = w.register_hook([this](Tensor grad) {
      grads["w"] = grad;
      latest = std::make_pair(1, grad);
    });
  }
  unsigned handle;
};

// A functor.
struct Keep {
  std::vector<Tensor> *out;
  void operator()(Tensor grad) const { out->push_back(grad); }
};
unsigned functor(Tensor w, std::vector<Tensor> &out) { return w.register_hook(Keep{&out}); }

// std::bind of a named function.
void store(std::vector<Tensor> &out, Tensor grad) { out.push_back(grad); }
unsigned bound(Tensor w, std::vector<Tensor> &out) {
  std::function<void(Tensor)> hook = std::bind(store, std::ref(out), std::placeholders::_1);
  return w.register_hook(hook);
}
