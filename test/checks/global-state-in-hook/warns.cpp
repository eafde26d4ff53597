// RUN: %check torch-global-state-in-hook %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <string>
using torch::Tensor;

static int count;
int exported;
std::vector<double> norms;
std::map<std::string, Tensor> by_name;
Tensor buffer = torch::zeros({2});
namespace stats {
struct {
  int calls;
  double last;
} all;
}
struct Trainer {
  static double norm;
  static std::vector<Tensor> grads;
};

void lambdas(Tensor w) {
  auto a = w.register_hook([](Tensor) { ++count; });
  // CHECK: :[[@LINE-1]]:41: warning: hook writes 'count', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  auto b = w.register_hook([](Tensor) { exported = 1; });
  // CHECK: :[[@LINE-1]]:50: warning: hook writes 'exported', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  auto c = w.register_hook([](Tensor g) { norms.push_back(g.norm().item<double>()); });
  // CHECK: :[[@LINE-1]]:49: warning: hook writes 'norms', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  auto d = w.register_hook([](Tensor g) { by_name["w"] = g; });
  // CHECK: :[[@LINE-1]]:56: warning: hook writes 'by_name', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  auto e = w.register_hook([](Tensor g) { buffer.add_(g); });
  // CHECK: :[[@LINE-1]]:50: warning: hook writes 'buffer', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  auto f = w.register_hook([](Tensor g) { buffer += g; });
  // CHECK: :[[@LINE-1]]:50: warning: hook writes 'buffer', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  auto h = w.register_hook([](Tensor) { stats::all.calls += 1; });
  // CHECK: :[[@LINE-1]]:58: warning: hook writes 'all', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  auto i = w.register_hook([](Tensor g) { Trainer::norm = g.norm().item<double>(); });
  // CHECK: :[[@LINE-1]]:57: warning: hook writes 'norm', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  auto j = w.register_hook([](Tensor g) { Trainer::grads.emplace_back(g); });
  // CHECK: :[[@LINE-1]]:58: warning: hook writes 'grads', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  auto k = w.register_hook([](Tensor) {
    static int local = 0;
    local++;
    // CHECK: :[[@LINE-1]]:10: warning: hook writes 'local', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  });
  auto l = w.register_hook([](Tensor) { norms.clear(); });
  // CHECK: :[[@LINE-1]]:47: warning: hook writes 'norms', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
}

void named(Tensor g) { count += g.numel(); }
// CHECK: :[[@LINE-1]]:30: warning: hook writes 'count', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
struct Functor {
  void operator()(Tensor) const { count--; }
  // CHECK: :[[@LINE-1]]:40: warning: hook writes 'count', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
};
void callables(Tensor w) {
  w.register_hook(named);
  w.register_hook(&named);
  w.register_hook(Functor());
  std::function<void(Tensor)> hook = [](Tensor) { exported++; };
  // CHECK: :[[@LINE-1]]:59: warning: hook writes 'exported', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  w.register_hook(hook);
}

std::unique_ptr<at::ObserverContext> start(const at::RecordFunction &) {
  ++count;
  // CHECK: :[[@LINE-1]]:3: warning: hook writes 'count', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
  return nullptr;
}
at::CallbackHandle record() { return at::addGlobalCallback(at::RecordFunctionCallback(start)); }

struct Post : torch::autograd::FunctionPostHook {
  torch::autograd::variable_list operator()(const torch::autograd::variable_list &out,
                                            const torch::autograd::variable_list &) override {
    ++exported;
    // CHECK: :[[@LINE-1]]:5: warning: hook writes 'exported', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
    return out;
  }
};
void node(Tensor w) { w.grad_fn()->add_post_hook(std::make_unique<Post>()); }

// Every operator that changes its target.
Tensor seen, flags;
void compound(Tensor w) {
  w.register_hook([](Tensor grad) { seen |= grad > 0; });
  // CHECK: :[[@LINE-1]]:42: warning: hook writes 'seen', a variable that every thread
  w.register_hook([](Tensor grad) { flags &= grad > 0; });
  // CHECK: :[[@LINE-1]]:43: warning: hook writes 'flags', a variable that every thread
}
