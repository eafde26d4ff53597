#include <torch/torch.h>
using torch::Tensor;

#define SCALE_BY_SELF(T) (T).register_hook([T](Tensor g) { return g * T; })

void in_macro(Tensor x) {
  auto h = torch::relu(x);
  SCALE_BY_SELF(h);
}

template <typename M>
void freeze(M net) {
  for (auto &p : net->parameters())
    p.register_hook([net](Tensor g) { return g * 0; });
}
template <typename M>
void never_instantiated(M net) {
  for (auto &p : net->parameters())
    p.register_hook([net](Tensor g) { return g * 0; });
}
void use(torch::nn::Linear net) { freeze(net); }

void generic(Tensor x) {
  auto h = torch::relu(x);
  h.register_hook([h](auto g) { return g * h; });
}
