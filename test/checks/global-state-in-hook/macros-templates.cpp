// RUN: %check torch-global-state-in-hook %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

static int count;
#define COUNT() ++count

unsigned in_macro(Tensor w) {
  return w.register_hook([](Tensor) { COUNT(); });
  // CHECK: :[[@LINE-1]]:39: warning: hook writes 'count', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
}

template <typename T>
struct Meter {
  static T total;
  unsigned watch(Tensor w) {
    return w.register_hook([](Tensor g) { total += g.numel(); });
    // CHECK: :[[@LINE-1]]:49: warning: hook writes 'total', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
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
  // CHECK: :[[@LINE-1]]:37: warning: hook writes 'count', a variable that every thread and every model with this hook share; values mix, and writes from two threads race [torch-global-state-in-hook]
}
