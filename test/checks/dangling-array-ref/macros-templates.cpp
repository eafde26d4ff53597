// RUN: cp %s %t.cpp
// RUN: %check torch-dangling-array-ref %t.cpp --fix --unsafe-fixes | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Nothing is put into a macro's body.
// RUN: diff %s %t.cpp
#include <torch/torch.h>

#define SIZES(NAME, N) torch::IntArrayRef NAME = {N, 2}

int64_t macro(int64_t n) {
  SIZES(sizes, n);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: the ArrayRef refers to a braced list
  return sizes[0];
}
template <typename T> T first(T n) {
  auto list = c10::ArrayRef<T>({n, n});
  // CHECK: :[[@LINE-1]]:15: warning: the ArrayRef refers to a braced list
  return list[0];
}
template <typename T> T never(T n) {
  auto list = c10::ArrayRef<T>({n, n});
  return list[0];
}
template <typename T> struct Keeps {
  c10::ArrayRef<T> list;
};
int64_t run() { return first<int64_t>(3); }
