// RUN: %check torch-hook-removed-in-hook %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <torchtidy/hooks.h>
#include <torchtidy/tensor_hook.h>
#include <functional>
#include <list>
using torch::Tensor;

// Removed after the backward.
void after(Tensor w) {
  bool done = false;
  auto handle = w.register_hook([&](Tensor) { done = true; });
  w.sum().backward();
  if (done)
    w.remove_hook(handle);
}

// A hook of another tensor.
void other(Tensor a, Tensor b, unsigned hb) {
  a.register_hook([b, hb](Tensor) { b.remove_hook(hb); });
}

// The hook collects what is to be removed later.
void collect(Tensor w, std::vector<unsigned> &done, unsigned &handle) {
  handle = w.register_hook([&](Tensor) { done.push_back(handle); });
}

// A member function of that name that is no hook's.
struct Registry {
  void remove_hook(int);
  void remove(int);
  std::list<int> list;
};
void registry(Tensor w, Registry &r) {
  w.register_hook([&r](Tensor) {
    r.remove_hook(1);
    r.remove(1);
    r.list.remove(1);
    r.list.clear();
  });
}

// A list of numbers is cleared: no hook goes.
void numbers(Tensor w, std::vector<unsigned> &handles) {
  handles.push_back(w.register_hook([&handles](Tensor) { handles.clear(); }));
}

// The callback list is made for disabling.
at::CallbackHandle callback;
std::unique_ptr<at::ObserverContext> pause(const at::RecordFunction &) {
  at::disableCallback(callback);
  return nullptr;
}
void record() { callback = at::addGlobalCallback(at::RecordFunctionCallback(pause)); }

// A tensor hook that removes a callback of the process, and the other way round.
void mixed(Tensor w, at::CallbackHandle handle) {
  w.register_hook([handle](Tensor) { at::removeCallback(handle); });
}

// Removal in the destructor of an owner.
struct Owner {
  Tensor w;
  unsigned handle;
  explicit Owner(Tensor t) : w(t) { handle = w.register_hook([](Tensor g) { return g; }); }
  ~Owner() { w.remove_hook(handle); }
};

// Removed and installed again around the hook, not in it.
void again(Tensor w, unsigned &handle) {
  w.remove_hook(handle);
  handle = w.register_hook([](Tensor g) { return g; });
}

// The body removes an element of a container by value.
void erase(Tensor w, std::vector<int> &v) {
  w.register_hook([&v](Tensor) { v.erase(v.begin()); });
}

// The runtime's handles wait until the hook has returned.
void deferred(torch::nn::Module &m, Tensor w) {
  torchtidy::ScopedHook hook;
  hook = torchtidy::register_forward_pre_hook(
      m, [&](torch::nn::Module &, torchtidy::Values &) { hook.remove(); });
  torchtidy::ScopedTensorHook tensor_hook;
  tensor_hook = torchtidy::ScopedTensorHook(w, [&](const Tensor &) { tensor_hook.remove(); });
}
