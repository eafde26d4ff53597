#include <torch/torch.h>
using torch::Tensor;

static int count;
#define COUNT() ++count

unsigned in_macro(Tensor w) {
  return w.register_hook([](Tensor) { COUNT(); });
}

template <typename T>
struct Meter {
  static T total;
  unsigned watch(Tensor w) {
    return w.register_hook([](Tensor g) { total += g.numel(); });
  }
};
template <typename T> T Meter<T>::total = 0;

template <typename T>
unsigned never_instantiated(T w) {
  return w.register_hook([](Tensor) { ++count; });
}
unsigned use(Tensor w) { return Meter<double>().watch(w); }

unsigned generic(Tensor w) {
  return w.register_hook([](auto) { ++count; });
}
