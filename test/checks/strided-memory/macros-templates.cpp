// RUN: %check torch-strided-memory %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <cstring>

#define COPY(to, t) std::memcpy(to, t.data_ptr(), t.nbytes())

void macros(torch::Tensor x, float *out) {
  auto a = x.t();
  COPY(out, a);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: the elements of {{.*}} do not lie
}

template <typename T> void never(torch::Tensor x, T *out) {
  auto a = x.t();
  std::memcpy(out, a.data_ptr<T>(), 4);
}
template <typename T> void always(torch::Tensor x, T *out) {
  auto a = x.t();
  std::memcpy(out, a.data_ptr<T>(), 4);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'a' do not lie
}
void use(torch::Tensor x, float *out) { always(x, out); }
