// RUN: %check torch-hook-capture-alias %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

#define VALUES(T) (T).detach()
#define BUMP(T) (T) += 1

// The change comes from a macro; the capture can be put right.
void change_in_macro(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  // CHECK: :[[@LINE-1]]:26: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  BUMP(h);
}

// The capture comes from a macro: found, not rewritten.
void capture_in_macro(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = VALUES(h), &seen](Tensor) { seen = d.sum().item<double>(); });
  // CHECK: :[[@LINE-1]]:24: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  h += 1;
}

template <typename T>
void scale(Tensor x, T by, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  // CHECK: :[[@LINE-1]]:26: warning: hook keeps a detached alias of 'h', whose storage is changed in place afterwards; the kept values change with it [torch-hook-capture-alias]
  h *= by;
}
template <typename T>
void never_instantiated(T x, Tensor &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d; });
  h *= 2;
}
void use(Tensor x, double &seen) { scale(x, 2.0, seen); }
