// RUN: %check torch-module-in-forward %s | FileCheck %s --check-prefixes=CHECK,DEFAULT --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-module-in-forward %s --config='{CheckOptions: {torch-module-in-forward.ForwardNames: "infer;encode"}}' | FileCheck %s --check-prefixes=CHECK,NAMES --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// A layer with weights: a local, a temporary, by make_shared, by new, in a container.
struct WeightsImpl : nn::Module {
  Tensor forward(Tensor x) {
    nn::Linear fc(2, 2);
    // CHECK: :[[@LINE-1]]:16: warning: module 'Linear' is constructed in forward: every call draws new weights {{.*}}[torch-module-in-forward]
    x = nn::Linear(2, 2)(x);
    // CHECK: :[[@LINE-1]]:9: warning: module 'Linear' is constructed in forward
    auto conv = nn::Conv2d(nn::Conv2dOptions(1, 1, 3));
    // CHECK: :[[@LINE-1]]:17: warning: module 'Conv2d' is constructed in forward
    auto shared = std::make_shared<nn::LinearImpl>(2, 2);
    // CHECK: :[[@LINE-1]]:19: warning: module 'Linear{{(Impl)?}}' is constructed in forward
    std::shared_ptr<nn::LinearImpl> raw(new nn::LinearImpl(2, 2));
    // CHECK: :[[@LINE-1]]:41: warning: module 'Linear{{(Impl)?}}' is constructed in forward
    std::vector<nn::Linear> layers;
    layers.push_back(nn::Linear(2, 2));
    // CHECK: :[[@LINE-1]]:22: warning: module 'Linear' is constructed in forward
    return raw->forward(shared->forward(conv(fc(x))));
  }
};

// A class of the project with a layer of its own.
struct HeadImpl : nn::Module {
  HeadImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Head);
struct UsesHeadImpl : nn::Module {
  Tensor forward(Tensor x) {
    auto head = Head();
    // CHECK: :[[@LINE-1]]:17: warning: module 'Head' is constructed in forward
    return head(x);
  }
};

// Without weights, but with a training mode that eval() does not reach.
struct ModeImpl : nn::Module {
  Tensor forward(Tensor x) {
    nn::Dropout drop(0.5);
    // CHECK: :[[@LINE-1]]:17: warning: module 'Dropout' is constructed in forward: it is always in training mode
    return drop(x);
  }
};

// The module tree changes while it runs.
struct TreeImpl : nn::Module {
  TreeImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    auto w = register_parameter("w", torch::ones({2}));
    // CHECK: :[[@LINE-1]]:14: warning: 'register_parameter' in forward: the second call throws
    auto b = this->register_buffer("b", torch::ones({2}));
    // CHECK: :[[@LINE-1]]:20: warning: 'register_buffer' in forward: the second call throws
    register_module("again", fc);
    // CHECK: :[[@LINE-1]]:5: warning: 'register_module' in forward: the second call throws
    replace_module("fc", fc);
    // CHECK: :[[@LINE-1]]:5: warning: 'replace_module' in forward changes the module tree at every call
    unregister_module("again");
    // CHECK: :[[@LINE-1]]:5: warning: 'unregister_module' in forward changes the module tree at every call
    return fc(x) * w + b;
  }
  nn::Linear fc{nullptr};
};

// Built when first called: registered under way, and the member changes.
struct LazyImpl : nn::Module {
  Tensor forward(Tensor x) {
    if (!fc)
      fc = register_module("fc", nn::Linear(x.size(1), 2));
    // CHECK: :[[@LINE-1]]:12: warning: 'register_module' runs at the first call of forward
    return fc(x);
  }
  nn::Linear fc{nullptr};
};

// The member is pointed at another module.
struct AssignsImpl : nn::Module {
  AssignsImpl() {
    a = register_module("a", nn::Linear(2, 2));
    b = register_module("b", nn::Linear(2, 2));
    current = a;
  }
  Tensor forward(Tensor x) {
    current = x.size(0) > 1 ? a : b;
    // CHECK: :[[@LINE-1]]:13: warning: module member 'current' is assigned in forward
    return current(x);
  }
  nn::Linear a{nullptr}, b{nullptr}, current{nullptr};
};

// Reached through helpers of the class, each on the way in a note.
struct ReachImpl : nn::Module {
  Tensor forward(Tensor x) { return step(x); }
  Tensor step(Tensor x) { return project(x); }
  Tensor project(Tensor x) { return nn::Linear(2, 2)(x); }
  // CHECK: :[[@LINE-1]]:37: warning: module 'Linear' is constructed in forward
  // CHECK: note: {{.*}} is called from forward here
};

// In lambdas that forward runs: named, at once, and handed to an algorithm.
struct LambdaImpl : nn::Module {
  Tensor forward(Tensor x) {
    auto project = [](Tensor y) { return nn::Linear(2, 2)(y); };
    // CHECK: :[[@LINE-1]]:42: warning: module 'Linear' is constructed in forward
    x = project(x);
    return [&] {
      nn::Linear fc(2, 2);
      // CHECK: :[[@LINE-1]]:18: warning: module 'Linear' is constructed in forward
      return fc(x);
    }();
  }
};

// Every member named forward*, and operator().
struct NamesImpl : nn::Module {
  Tensor forward_features(Tensor x) { return nn::Linear(2, 2)(x); }
  // CHECK: :[[@LINE-1]]:46: warning: module 'Linear' is constructed in forward
  Tensor operator()(Tensor x) { return nn::Linear(2, 2)(x); }
  // CHECK: :[[@LINE-1]]:40: warning: module 'Linear' is constructed in forward
};

// Names that count by default, and names that the option adds.
struct OptionImpl : nn::Module {
  Tensor predict(Tensor x) { return nn::Linear(2, 2)(x); }
  // DEFAULT: :[[@LINE-1]]:37: warning: module 'Linear' is constructed in forward
  Tensor act(Tensor x) { return nn::Linear(2, 2)(x); }
  // DEFAULT: :[[@LINE-1]]:33: warning: module 'Linear' is constructed in forward
  Tensor infer(Tensor x) { return nn::Linear(2, 2)(x); }
  // NAMES: :[[@LINE-1]]:35: warning: module 'Linear' is constructed in forward
  Tensor encode(Tensor x) { return nn::Linear(2, 2)(x); }
  // NAMES: :[[@LINE-1]]:36: warning: module 'Linear' is constructed in forward
};

// A static local: one layer for all objects, in nobody's module tree.
struct StaticImpl : nn::Module {
  Tensor forward(Tensor x) {
    static nn::Linear fc(2, 2);
    // CHECK: :[[@LINE-1]]:23: warning: module 'Linear' is a function-local static of forward
    static auto conv = nn::Conv2d(1, 1, 1);
    // CHECK: :[[@LINE-1]]:24: warning: module 'Conv2d' is a function-local static of forward
    return fc(conv(x));
  }
};

// Defined outside the class.
struct OutsideImpl : nn::Module {
  Tensor forward(Tensor x);
};
Tensor OutsideImpl::forward(Tensor x) {
  return nn::Linear(2, 2)(x);
  // CHECK: :[[@LINE-1]]:10: warning: module 'Linear' is constructed in forward
}

// A norm whose options ask for weights or statistics, and one that has them unasked.
struct WeightedNormsImpl : nn::Module {
  Tensor forward(Tensor x) {
    nn::InstanceNorm2d norm(nn::InstanceNorm2dOptions(4).affine(true));
    // CHECK: :[[@LINE-1]]:24: warning: module 'InstanceNorm2d' is constructed in forward
    x = nn::InstanceNorm2d(nn::InstanceNorm2dOptions(4).track_running_stats(true))(norm(x));
    // CHECK: :[[@LINE-1]]:9: warning: module 'InstanceNorm2d' is constructed in forward
    x = nn::BatchNorm2d(nn::BatchNorm2dOptions(4).affine(false))(x);
    // CHECK: :[[@LINE-1]]:9: warning: module 'BatchNorm2d' is constructed in forward
    static nn::Dropout drop(0.5);
    // CHECK: :[[@LINE-1]]:24: warning: module 'Dropout' is a function-local static of forward
    return nn::LayerNorm(nn::LayerNormOptions({4}))(drop(x));
    // CHECK: :[[@LINE-1]]:12: warning: module 'LayerNorm' is constructed in forward
  }
};
