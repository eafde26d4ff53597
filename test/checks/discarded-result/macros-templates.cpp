// RUN: %check torch-discarded-result %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#define MOVE(x) x.to(torch::kCUDA)
#define RELU(x) torch::relu(x)
#define DISPATCH(...) __VA_ARGS__()

torch::Tensor macros(torch::Tensor x) {
  MOVE(x);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'to' leaves 'its argument' as it is
  RELU(x);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'relu' leaves 'its argument' as it is
  // A body in a macro's argument is a body.
  DISPATCH([&] {
    x.clamp(0, 1);
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'clamp' leaves 'its argument' as it is
    x.mul_(2);
  });
  return x;
}

// Dependent: nothing is known before it is instantiated.
template <typename T> T never(T x) {
  x.relu();
  return x;
}

template <typename T> T always(T x) {
  x.relu();
  // CHECK: :[[@LINE-1]]:3: warning: 'relu' leaves 'x' as it is
  return x;
}
template <typename... Ts> void moveAll(Ts &...xs) {
  (xs.to(torch::kCUDA), ...);
  // CHECK: :[[@LINE-1]]:4: warning: 'to' leaves 'xs' as it is
}
void instantiate(torch::Tensor x, torch::Tensor y) {
  always(x);
  moveAll(x, y);
}
