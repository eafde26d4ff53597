// RUN: %check torch-module-in-forward %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-module-in-forward,torch-registration-name %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Made at the first call: what is said is true of it, and said once a member, by one rule.
#include <torch/torch.h>
#include <mutex>

namespace nn = torch::nn;
using torch::Tensor;

// A test of the member, in each spelling.
struct TestedImpl : nn::Module {
  Tensor forward(Tensor x) {
    if (!norm) {
      norm = nn::LayerNorm(nn::LayerNormOptions({x.size(1)}));
      // CHECK: :[[@LINE-1]]:14: warning: module 'LayerNorm' is constructed at the first call of forward: an optimizer made, or an archive loaded, before it misses what is registered [torch-module-in-forward]
      // CHECK: :[[@LINE+1]]:7: note: registered here, too
      register_module("norm", norm);
    }
    if (fc.is_empty())
      fc = register_module("fc", nn::Linear(x.size(1), 2));
    // CHECK: :[[@LINE-1]]:12: warning: 'register_module' runs at the first call of forward: an optimizer made, or an archive loaded, before it misses what is registered
    if (pointer == nullptr)
      pointer = register_module("pointer", std::make_shared<nn::LinearImpl>(2, 2));
    // CHECK: :[[@LINE-1]]:17: warning: 'register_module' runs at the first call
    if (!table.defined())
      table = register_buffer("table", torch::ones({x.size(1)}));
    // CHECK: :[[@LINE-1]]:15: warning: 'register_buffer' runs at the first call
    if (!lost)
      lost = nn::Linear(2, 2);
    // CHECK: :[[@LINE-1]]:14: warning: module 'Linear' is constructed at the first call of forward and never registered: no optimizer updates its weights and no archive keeps them
    if (!drop)
      drop = register_module("drop", nn::Dropout(0.5));
    // CHECK: :[[@LINE-1]]:14: warning: 'register_module' runs at the first call
    return drop(lost(pointer->forward(fc(norm(x))))) + table;
  }
  nn::LayerNorm norm{nullptr};
  nn::Linear fc{nullptr}, lost{nullptr};
  nn::Dropout drop{nullptr};
  std::shared_ptr<nn::LinearImpl> pointer;
  Tensor table;
};

// A flag, an early return in a helper, the caller's test, call_once.
struct OtherTestsImpl : nn::Module {
  Tensor forward(Tensor x) {
    if (!built_) {
      a = register_module("a", nn::Linear(x.size(1), 2));
      // CHECK: :[[@LINE-1]]:11: warning: 'register_module' runs at the first call
      built_ = true;
    }
    make(x);
    if (!c)
      add(x);
    std::call_once(once_, [&] { d = register_module("d", nn::Linear(x.size(1), 2)); });
    // CHECK: :[[@LINE-1]]:37: warning: 'register_module' runs at the first call
    return d(c(b(a(x))));
  }
  void make(const Tensor &x) {
    if (b)
      return;
    b = register_module("b", nn::Linear(x.size(1), 2));
    // CHECK: :[[@LINE-1]]:9: warning: 'register_module' runs at the first call
    // CHECK: note: 'make' is called from forward here
  }
  void add(const Tensor &x) { c = register_module("c", nn::Linear(x.size(1), 2)); }
  // CHECK: :[[@LINE-1]]:35: warning: 'register_module' runs at the first call
  // CHECK: note: 'add' is called from forward here
  nn::Linear a{nullptr}, b{nullptr}, c{nullptr}, d{nullptr};
  bool built_ = false;
  std::once_flag once_;
};

// Another condition lets it run again: then the name is taken.
struct AgainImpl : nn::Module {
  Tensor forward(Tensor x) {
    if (!fc || x.size(1) != width_) {
      width_ = x.size(1);
      fc = register_module("fc", nn::Linear(width_, 2));
      // CHECK: :[[@LINE-1]]:12: warning: 'register_module' in forward: a second time it throws because the name is taken, and an optimizer made before never sees the tensors
    }
    plain = nn::Linear(2, 2);
    // CHECK: :[[@LINE-1]]:13: warning: module 'Linear' is constructed and registered in forward: the second call throws because the name is taken
    // CHECK: :[[@LINE+1]]:5: note: registered here, too
    register_module("plain", plain);
    return plain(fc(x));
  }
  nn::Linear fc{nullptr}, plain{nullptr};
  int64_t width_ = 0;
};

// In a loop of forward: module-in-forward's alone.
struct LoopImpl : nn::Module {
  Tensor forward(Tensor x) {
    for (int i = 0; i < 3; ++i)
      x = register_module("layer", nn::Linear(2, 2))->forward(x);
    // CHECK: :[[@LINE-1]]:11: warning: 'register_module' in forward: the second call throws
    return x;
  }
};

// A training flag that is set the wrong way round, and none.
struct ModeImpl : nn::Module {
  Tensor forward(Tensor x) {
    if (!is_training())
      x = nn::Dropout(0.5)(x);
    // CHECK: :[[@LINE-1]]:11: warning: module 'Dropout' is constructed in forward: it is always in training mode
    return x;
  }
};
