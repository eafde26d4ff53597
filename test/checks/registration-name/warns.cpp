// RUN: %check torch-registration-name %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// The argument of clone() is another optional in each LibTorch.
template <typename R, typename C, typename A> A argumentOf(R (C::*)(A) const);
using MaybeDevice = decltype(argumentOf(&nn::Module::clone));

// Taken already: modules, parameters, buffers.
struct TwiceImpl : nn::Module {
  TwiceImpl() {
    a = register_module("fc", nn::Linear(2, 2));
    b = register_module("fc", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:9: warning: the name 'fc' is registered twice on one path: the second registration throws [torch-registration-name]
    w = register_parameter("w", torch::ones({2}));
    v = register_parameter("w", torch::ones({2}));
    // CHECK: :[[@LINE-1]]:9: warning: the name 'w' is registered twice on one path
    register_buffer("table", torch::ones({2}));
    register_buffer("table", torch::zeros({2}));
    // CHECK: :[[@LINE-1]]:5: warning: the name 'table' is registered twice on one path
  }
  nn::Linear a{nullptr}, b{nullptr};
  Tensor w, v;
};

// In the init list, by a helper, by the base, on one of several paths.
struct InitListImpl : nn::Module {
  InitListImpl() : a(register_module("fc", nn::Linear(2, 2))), b(register_module("fc", nn::Linear(2, 2))) {}
  // CHECK: :[[@LINE-1]]:66: warning: the name 'fc' is registered twice on one path
  nn::Linear a, b;
};
struct HelperImpl : nn::Module {
  HelperImpl() {
    register_module("fc", nn::Linear(2, 2));
    build();
  }
  void build() {
    register_module("fc", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:5: warning: the name 'fc' is registered twice on one path
  }
};
struct BaseImpl : nn::Module {
  BaseImpl() { register_module("fc", nn::Linear(2, 2)); }
};
struct DerivedImpl : BaseImpl {
  DerivedImpl() {
    register_module("fc", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:5: warning: the name 'fc' is registered twice on one path
  }
};
struct PathImpl : nn::Module {
  explicit PathImpl(bool on) {
    if (on)
      register_module("fc", nn::Linear(2, 2));
    register_module("fc", nn::Linear(2, 4));
    // CHECK: :[[@LINE-1]]:5: warning: the name 'fc' is registered twice on one path
  }
};

// One name in every round of a loop.
struct LoopImpl : nn::Module {
  explicit LoopImpl(int n) {
    for (int i = 0; i < n; ++i)
      layers.push_back(register_module("layer", nn::Linear(2, 2)));
    // CHECK: :[[@LINE-1]]:24: warning: 'layer' is registered in every round of a loop: the second round throws
    for (auto &layer : layers) {
      (void)layer;
      register_buffer("mask", torch::ones({2}));
      // CHECK: :[[@LINE-1]]:7: warning: 'mask' is registered in every round of a loop
    }
  }
  std::vector<nn::Linear> layers;
};

// Empty, or with a dot: LibTorch throws.
struct BadNameImpl : nn::Module {
  BadNameImpl() {
    register_module("", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:21: warning: an empty registration name: LibTorch throws [torch-registration-name]
    register_module("layer.0", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:21: warning: the registration name 'layer.0' holds a dot: LibTorch throws
    register_parameter("w.x", torch::ones({2}));
    // CHECK: :[[@LINE-1]]:24: warning: the registration name 'w.x' holds a dot
    register_buffer(std::string("b.x"), torch::ones({2}));
    // CHECK: :[[@LINE-1]]:21: warning: the registration name 'b.x' holds a dot
    for (int i = 0; i < 3; ++i)
      register_module("layer." + std::to_string(i), nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:23: warning: the registration name {{.*}} holds a dot
  }
  void later() {
    register_module("a.b", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:21: warning: the registration name 'a.b' holds a dot
  }
};

// A copy that knows its children by other names.
struct CopyImpl : nn::Module {
  CopyImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    head = register_module("head", nn::Linear(2, 2));
  }
  CopyImpl(const CopyImpl &other) : nn::Module("Copy") {
    fc = register_module("layer", nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:10: warning: the copy registers 'fc' as 'layer', the original as 'fc'
    // CHECK: :[[@LINE-6]]:10: note: registered here by the main constructor
    head = register_module("head", nn::Linear(2, 2));
  }
  nn::Linear fc{nullptr}, head{nullptr};
};
struct CloneImpl : nn::Module {
  CloneImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  std::shared_ptr<nn::Module> clone(MaybeDevice device) const override {
    auto copy = std::make_shared<CloneImpl>(0);
    copy->fc = copy->register_module("fc", nn::Linear(2, 2));
    return copy;
  }
  explicit CloneImpl(int) {}
  nn::Linear fc{nullptr};
};

// Two numbers of two different variables, and a loop that is only left before the registration.
struct BothImpl : torch::nn::Module {
  BothImpl(int mode, int other, const std::vector<int> &sizes) {
    if (mode == 1)
      fc = register_module("fc", torch::nn::Linear(1, 1));
    if (other == 2)
      fc = register_module("fc", torch::nn::Linear(1, 2));
    // CHECK: :[[@LINE-1]]:12: warning: the name 'fc' is registered twice on one path
    for (int n : sizes) {
      if (n < 3)
        break;
      in = register_module("in", torch::nn::Linear(n, 1));
      // CHECK: :[[@LINE-1]]:12: warning: 'in' is registered in every round of a loop
    }
  }
  torch::nn::Linear fc{nullptr}, in{nullptr};
};
