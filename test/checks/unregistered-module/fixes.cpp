// RUN: cp %s %t.cpp
// Archives written before lack the new keys: only on a note.
// RUN: %check torch-unregistered-module %t.cpp --fix
// RUN: diff %s %t.cpp
// RUN: %check torch-unregistered-module %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
// The result compiles, and only what has no fix is left.
// RUN: %check torch-unregistered-module %t.cpp | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct NetImpl : nn::Module {
  explicit NetImpl(int64_t n)
      : wrapped(nn::Linear(n, n)),
        // FIXED: {{^}}      : wrapped(register_module("wrapped", nn::Linear(n, n))),
        listed(n, n),
        // FIXED: {{^}}        listed(register_module("listed", nn::Linear(n, n))),
        braced{nn::LinearOptions(n, n).bias(false)},
        // FIXED: {{^}}        braced{register_module("braced", nn::Linear(nn::LinearOptions(n, n).bias(false)))},
        pointed(std::make_shared<nn::LinearImpl>(n, n)) {
    // FIXED: {{^}}        pointed(register_module("pointed", std::make_shared<nn::LinearImpl>(n, n))) {
    body = nn::Linear(n, n);
    // FIXED: {{^}}    body = register_module("body", nn::Linear(n, n));
    pointer = std::make_shared<nn::Conv2dImpl>(1, 1, 1);
    // FIXED: {{^}}    pointer = register_module("pointer", std::make_shared<nn::Conv2dImpl>(1, 1, 1));
    norm_ = nn::BatchNorm2d(nn::BatchNorm2dOptions(1).eps(1e-3));
    // FIXED: {{^}}    norm_ = register_module("norm", nn::BatchNorm2d(nn::BatchNorm2dOptions(1).eps(1e-3)));
    this->drop = nn::Dropout(0.5);
    // FIXED: {{^}}    this->drop = register_module("drop", nn::Dropout(0.5));
    build();
  }
  void build() {
    built = nn::Sequential(nn::Linear(2, 2), nn::ReLU());
    // FIXED: {{^}}    built = register_module("built", nn::Sequential(nn::Linear(2, 2), nn::ReLU()));
  }
  Tensor forward(Tensor x) {
    x = built->forward(drop(norm_(pointer->forward(body(pointed->forward(braced(listed(wrapped(x)))))))));
    return rate(braces(by_default(x)));
  }
  nn::Linear wrapped{nullptr}, listed, braced;
  std::shared_ptr<nn::LinearImpl> pointed;
  nn::Linear body{nullptr};
  std::shared_ptr<nn::Conv2dImpl> pointer;
  nn::BatchNorm2d norm_{nullptr};
  nn::Dropout drop{nullptr};
  nn::Sequential built{nullptr};
  nn::Linear by_default = nn::Linear(2, 2);
  // FIXED: {{^}}  nn::Linear by_default = register_module("by_default", nn::Linear(2, 2));
  nn::Linear braces{2, 2};
  // FIXED: {{^}}  nn::Linear braces{register_module("braces", nn::Linear(2, 2))};
  nn::Dropout rate{0.5};
  // FIXED: {{^}}  nn::Dropout rate{register_module("rate", nn::Dropout(0.5))};
};

// Built in two places: each one is wrapped, or none; the name may only be taken once on a path.
struct BranchesImpl : nn::Module {
  explicit BranchesImpl(bool wide) {
    if (wide)
      fc = nn::Linear(2, 64);
    // FIXED: {{^}}      fc = {{(nn::Linear\(2, 64\)|register_module\("fc", nn::Linear\(2, 64\)\))}};
    else
      fc = nn::Linear(2, 2);
  }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
};

// replace_module is the author's to write: the name it was registered under may be another one.
struct StaleImpl : nn::Module {
  StaleImpl() { fc = register_module("layer", nn::Linear(2, 2)); }
  void widen() {
    fc = nn::Linear(2, 4);
    // CHECK: :[[@LINE-1]]:10: warning: 'fc' is assigned after it was registered
  }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
};

// register_module takes holders and shared pointers only.
struct OtherHandlesImpl : nn::Module {
  OtherHandlesImpl() {
    any = nn::AnyModule(nn::Linear(2, 2));
    // FIXED: {{^}}    any = nn::AnyModule(nn::Linear(2, 2));
    unique = std::make_unique<nn::LinearImpl>(2, 2);
    // FIXED: {{^}}    unique = std::make_unique<nn::LinearImpl>(2, 2);
  }
  Tensor forward(Tensor x) { return unique->forward(any.forward(x)); }
  nn::AnyModule any;
  // CHECK: :[[@LINE-1]]:17: warning: 'any' is never registered
  std::unique_ptr<nn::LinearImpl> unique;
  // CHECK: :[[@LINE-1]]:35: warning: 'unique' is never registered
};

// Registered, the Sequential would list 'one' twice.
struct PartlyImpl : nn::Module {
  PartlyImpl() { seq = nn::Sequential(register_module("one", nn::Linear(2, 2)), nn::Linear(2, 2)); }
  // FIXED: {{^}}  PartlyImpl() { seq = nn::Sequential(register_module("one",
  Tensor forward(Tensor x) { return seq->forward(x); }
  nn::Sequential seq{nullptr};
  // CHECK: :[[@LINE-1]]:18: warning: 'seq' is never registered
};
