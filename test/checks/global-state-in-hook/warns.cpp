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
  auto b = w.register_hook([](Tensor) { exported = 1; });
  auto c = w.register_hook([](Tensor g) { norms.push_back(g.norm().item<double>()); });
  auto d = w.register_hook([](Tensor g) { by_name["w"] = g; });
  auto e = w.register_hook([](Tensor g) { buffer.add_(g); });
  auto f = w.register_hook([](Tensor g) { buffer += g; });
  auto h = w.register_hook([](Tensor) { stats::all.calls += 1; });
  auto i = w.register_hook([](Tensor g) { Trainer::norm = g.norm().item<double>(); });
  auto j = w.register_hook([](Tensor g) { Trainer::grads.emplace_back(g); });
  auto k = w.register_hook([](Tensor) {
    static int local = 0;
    local++;
  });
  auto l = w.register_hook([](Tensor) { norms.clear(); });
}

void named(Tensor g) { count += g.numel(); }
struct Functor {
  void operator()(Tensor) const { count--; }
};
void callables(Tensor w) {
  w.register_hook(named);
  w.register_hook(&named);
  w.register_hook(Functor());
  std::function<void(Tensor)> hook = [](Tensor) { exported++; };
  w.register_hook(hook);
}

std::unique_ptr<at::ObserverContext> start(const at::RecordFunction &) {
  ++count;
  return nullptr;
}
at::CallbackHandle record() { return at::addGlobalCallback(at::RecordFunctionCallback(start)); }

struct Post : torch::autograd::FunctionPostHook {
  torch::autograd::variable_list operator()(const torch::autograd::variable_list &out,
                                            const torch::autograd::variable_list &) override {
    ++exported;
    return out;
  }
};
void node(Tensor w) { w.grad_fn()->add_post_hook(std::make_unique<Post>()); }
