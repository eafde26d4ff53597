// A Sequential of tier 2 can start empty; the guard must then ask another question, hence an unsafe fix on the note.
// RUN: cp %s %t.cpp
// RUN: %check torch-null-module %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-null-module %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
// The result compiles, and only what has no fix is left.
// RUN: %check torch-null-module %t.cpp | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct DownImpl : nn::Module {
  explicit DownImpl(bool down) {
    if (down)
      shortcut = register_module("shortcut", nn::Sequential(nn::Linear(2, 2)));
    if (down)
      other = register_module("other", nn::Sequential(nn::Linear(2, 2)));
  }
  Tensor forward(Tensor x) {
    if (other)
      x = other->forward(x);
    return shortcut.is_empty() ? x : x + shortcut->forward(x);
  }
  nn::Sequential shortcut{nullptr};
  // FIXED: {{^}}  nn::Sequential shortcut;
  nn::Sequential kept, other = nullptr; // several to a line
  // FIXED: {{^}}  nn::Sequential kept, other; // several to a line
};

// What to put in the place of a single layer is the author's choice: a note only.
struct LayerImpl : nn::Module {
  explicit LayerImpl(bool on) {
    if (on)
      norm = register_module("norm", nn::BatchNorm1d(2));
  }
  Tensor forward(Tensor x) { return norm ? norm->forward(x) : x; }
  nn::BatchNorm1d norm{nullptr};
  // FIXED: {{^}}  nn::BatchNorm1d norm{nullptr};
  // CHECK: :[[@LINE-2]]:19: warning: 'norm' is null on some constructor path and guarded by a test at each use
  // CHECK: note: {{.*}}torchtidy::ModuleSlot
};
