#include <torch/torch.h>
using torch::Tensor;

void itself(Tensor w) {
  unsigned handle = 0;
  handle = w.register_hook([&](Tensor) { w.remove_hook(handle); });
}

void copy_of_the_tensor(Tensor w, unsigned &handle) {
  auto same = w;
  handle = w.register_hook([same, w, &handle](Tensor) { w.remove_hook(handle); });
}

struct Once {
  Tensor w;
  unsigned handle;
  std::vector<unsigned> all;
  void watch() {
    handle = w.register_hook([this](Tensor g) {
      if (g.numel() > 1)
        w.remove_hook(handle);
    });
    // A neighbour on the same tensor.
    all.push_back(w.register_hook([this](Tensor) {
      for (unsigned h : all)
        w.remove_hook(h);
    }));
  }
};

// By its handle, through another name of the tensor.
void by_handle(torch::nn::Linear net) {
  auto w = net->weight;
  unsigned handle = 0;
  handle = w.register_hook([&handle, net](Tensor) { net->weight.remove_hook(handle); });
}

at::CallbackHandle callback;
std::unique_ptr<at::ObserverContext> once(const at::RecordFunction &) {
  at::removeCallback(callback);
  return nullptr;
}
void all(const at::RecordFunction &, at::ObserverContext *) { at::clearThreadLocalCallbacks(); }
void record() { callback = at::addGlobalCallback(at::RecordFunctionCallback(once, all)); }

void clear(Tensor w) {
  w.register_hook([w](Tensor) { torch::autograd::impl::clear_hooks(w); });
}

// A functor and a named function.
struct Remover {
  Tensor *w;
  unsigned *handle;
  void operator()(Tensor) const { w->remove_hook(*handle); }
};
void functor(Tensor w) {
  unsigned handle = 0;
  handle = w.register_hook(Remover{&w, &handle});
}

Tensor g_weight;
unsigned g_handle;
void remove_global(Tensor) { g_weight.remove_hook(g_handle); }
void named() { g_handle = g_weight.register_hook(remove_global); }
