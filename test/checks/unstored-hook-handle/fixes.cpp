// Only an unsafe fix: the scoped handle ends at the block, where the hook lived on before.
// RUN: cp %s %t.cpp
// RUN: %check torch-unstored-hook-handle %t.cpp --fix -- -I %root/runtime/include | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: diff %s %t.cpp
// RUN: %check torch-unstored-hook-handle %t.cpp --fix %unsafe-fixes -- -I %root/runtime/include
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=UNSAFE
// With the header that the note names the result compiles, and is clean.
// RUN: %check torch-unstored-hook-handle %t.cpp -- -I %root/runtime/include | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>
#include <torchtidy/tensor_hook.h>

void watch(torch::nn::Linear &net) {
  net->weight.register_hook([](torch::Tensor g) { return g * 2; });
  // CHECK: :[[@LINE-1]]:15: warning: handle of the hook on 'net->weight' is discarded
  // CHECK: :[[@LINE-2]]:15: note: unsafe fix: {{.*}}; needs <torchtidy/tensor_hook.h>
  // UNSAFE: {{^}}  torchtidy::ScopedTensorHook hook(net->weight, [](torch::Tensor g) { return g * 2; });
}
