// RUN: %check torch-optional-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-optional-module %s --config='{CheckOptions: {torch-null-module.AllowGuarded: true}}' | FileCheck %s --allow-empty --check-prefix=ALLOW
// The older option of torch-null-module silences all of it.
// ALLOW-NOT: warning:
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Each use tests the member, one finding for all of the class. Every form of the test counts.
struct GuardedImpl : nn::Module {
  GuardedImpl(bool a_on, bool b_on, bool c_on, bool d_on) {
    if (a_on)
      a = register_module("a", nn::Linear(2, 2));
    if (b_on)
      b = register_module("b", nn::Linear(2, 2));
    if (c_on)
      c = register_module("c", std::make_shared<nn::LinearImpl>(2, 2));
    if (d_on) {
      d = nn::AnyModule(nn::Linear(2, 2));
      register_module("d", d.ptr());
    }
  }
  Tensor forward(Tensor x) {
    if (a)
      x = a->forward(x);
    if (!b.is_empty())
      x = b->forward(x);
    if (c != nullptr)
      x = c->forward(x);
    return d.is_empty() ? x : d.forward(x);
  }
  nn::Linear a{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'a' and other members are there on some constructor paths only: archives of objects built with and without them have different keys [torch-optional-module]
  // CHECK: :[[@LINE-23]]:3: note: 'a' stays null when {{.*}}a_on
  nn::Linear b{nullptr};
  // CHECK: :[[@LINE-1]]:14: note: and so is 'b'
  std::shared_ptr<nn::LinearImpl> c;
  // CHECK: :[[@LINE-1]]:35: note: and so is 'c'
  nn::AnyModule d;
  // CHECK: :[[@LINE-1]]:17: note: and so is 'd'
};

// The flag that decided the assignment is the guard.
struct FlagImpl : nn::Module {
  explicit FlagImpl(bool use_norm) : use_norm_(use_norm) {
    if (use_norm)
      norm = register_module("norm", nn::BatchNorm1d(2));
  }
  Tensor forward(Tensor x) {
    if (use_norm_)
      x = norm->forward(x);
    return x;
  }
  bool use_norm_;
  nn::BatchNorm1d norm{nullptr};
  // CHECK: :[[@LINE-1]]:19: warning: 'norm' is there on some constructor paths only: archives of objects built with and without it have different keys
};

// An early return and TORCH_CHECK guard what follows.
struct EarlyImpl : nn::Module {
  explicit EarlyImpl(bool on) {
    if (on)
      fc = register_module("fc", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) {
    if (!fc)
      return x;
    return fc->forward(x);
  }
  Tensor embed(Tensor x) {
    TORCH_CHECK(fc, "no head");
    return fc->forward(x);
  }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is there on some constructor paths only: archives of objects built with and without it have different keys
};

// A Sequential that is null instead of empty.
struct SequentialImpl : nn::Module {
  explicit SequentialImpl(bool down) {
    if (down)
      shortcut = register_module("shortcut", nn::Sequential(nn::Linear(2, 2)));
  }
  Tensor forward(Tensor x) { return shortcut.is_empty() ? x : x + shortcut->forward(x); }
  nn::Sequential shortcut{nullptr};
  // CHECK: :[[@LINE-1]]:18: warning: 'shortcut' is there on some constructor paths only: archives of objects built with and without it have different keys
};

// Two constructors that decide on the same flag, one by ?: in its initialiser list.
struct SameFlagImpl : nn::Module {
  explicit SameFlagImpl(bool recurrent) : recurrent_(recurrent) {
    if (recurrent_)
      cell = register_module("cell", nn::GRUCell(4, 4));
  }
  SameFlagImpl(const SameFlagImpl &other, bool deep)
      : recurrent_(other.recurrent_),
        cell(recurrent_ ? std::dynamic_pointer_cast<nn::GRUCellImpl>(other.cell->clone()) : nullptr) {
    if (recurrent_)
      register_module("cell", cell);
    if (deep)
      train();
  }
  Tensor forward(Tensor x) { return recurrent_ ? cell->forward(x) : x; }
  bool recurrent_;
  nn::GRUCell cell{nullptr};
  // CHECK: :[[@LINE-1]]:15: warning: 'cell' is there on some constructor paths only
  // CHECK: note: 'cell' stays null when 'recurrent_' is false
  // CHECK: note: 'cell' stays null when 'recurrent_' is false
};

// Two constructions in view take different paths.
struct BuiltImpl : nn::Module {
  explicit BuiltImpl(bool norm, int width = 4) {
    fc = register_module("fc", nn::Linear(width, width));
    if (norm)
      bn = register_module("bn", nn::BatchNorm1d(width));
  }
  Tensor forward(Tensor x) { return bn ? bn->forward(fc->forward(x)) : fc->forward(x); }
  nn::Linear fc{nullptr};
  nn::BatchNorm1d bn{nullptr};
  // CHECK: :[[@LINE-1]]:19: warning: 'bn' is there on some constructor paths only
};
TORCH_MODULE(Built);
Built with(true), without(false, 8);
