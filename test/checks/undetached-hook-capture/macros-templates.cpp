#include <torch/torch.h>
using torch::Tensor;

#define KEEP(OUT, T) (OUT).push_back(T)
#define HOOK(T, OUT) (T).register_hook([&](Tensor grad) { (OUT).push_back(grad); })

void run(torch::nn::Linear net, Tensor x, std::vector<Tensor> &out) {
  auto a = x.register_hook([&](Tensor grad) { KEEP(out, grad); });
  auto b = HOOK(x, out);
  net(x).sum().backward({}, true, true);
  x.remove_hook(a);
  x.remove_hook(b);
}

template <typename Container>
unsigned keep(Tensor w, Container &out) {
  return w.register_hook([&out](Tensor grad) { out.push_back(grad); });
}
template <typename Container>
unsigned never_instantiated(Tensor w, Container &out) {
  return w.register_hook([&out](Tensor grad) { out.push_back(grad); });
}
unsigned use(Tensor w, std::vector<Tensor> &out) { return keep(w, out); }

// A generic lambda's call operator is a template.
unsigned generic(Tensor w, std::vector<Tensor> &out) {
  return w.register_hook([&out](auto grad) { out.push_back(grad); });
}
