#include <torch/torch.h>
using torch::Tensor;

#define VALUES(T) (T).detach()
#define BUMP(T) (T) += 1

// The change comes from a macro; the capture can be put right.
void change_in_macro(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  BUMP(h);
}

// The capture comes from a macro: found, not rewritten.
void capture_in_macro(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = VALUES(h), &seen](Tensor) { seen = d.sum().item<double>(); });
  h += 1;
}

template <typename T>
void scale(Tensor x, T by, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  h *= by;
}
template <typename T>
void never_instantiated(T x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  h *= 2;
}
void use(Tensor x, double &seen) { scale(x, 2.0, seen); }
