// RUN: %check torch-unchecked-bias %s --config='{CheckOptions: {torch-unchecked-bias.AllowGeneric: false}}' | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

// A generic callback that anybody may call: the option cannot be known.
void initWeights(nn::Module &m) {
  if (auto *linear = m.as<nn::Linear>()) {
    nn::init::xavier_uniform_(linear->weight);
    nn::init::zeros_(linear->bias);
    // CHECK: :[[@LINE-1]]:22: warning: 'linear->bias' may be undefined: the first 'Linear' built with bias(false) that comes here makes 'zeros_' throw [torch-unchecked-bias]
  }
  if (auto *norm = m.as<nn::BatchNorm2d>())
    norm->weight.data().fill_(1);
  // CHECK: :[[@LINE-1]]:5: warning: 'norm->weight' may be undefined: the first 'BatchNorm2d' built with affine(false) that comes here makes 'data' throw
}

// The wrong layer is tested.
void wrongLayer(nn::Linear a, nn::Linear b) {
  if (a->bias.defined())
    b->bias.data().zero_();
  // CHECK: :[[@LINE-1]]:5: warning: 'b->bias' may be undefined
}

// Tested, but the path that fails the test goes on.
void testedTooLate(nn::Conv2d conv) {
  if (!conv->bias.defined())
    std::cout << "no bias\n";
  nn::init::constant_(conv->bias, 0.1);
  // CHECK: :[[@LINE-1]]:23: warning: 'conv->bias' may be undefined
}

void orIsNoProof(nn::Conv2d conv, bool force) {
  if (force || conv->bias.defined())
    torch::NoGradGuard(), conv->bias.add_(1);
  // CHECK: :[[@LINE-1]]:27: warning: 'conv->bias' may be undefined
}

struct WithoutImpl : nn::Module {
  WithoutImpl() {
    conv = register_module("conv", nn::Conv2d(nn::Conv2dOptions(3, 8, 3).bias(false)));
    nn::init::zeros_(conv->bias);
    // CHECK: :[[@LINE-1]]:22: warning: 'conv->bias' is undefined here: the 'Conv2d' was built with bias(false), so 'zeros_' throws
    // CHECK: :[[@LINE-3]]:{{[0-9]+}}: note: 'bias' of the 'Conv2d' is decided here
  }
  nn::Conv2d conv{nullptr};
};

struct FlagImpl : nn::Module {
  FlagImpl(int64_t in, bool with_offset)
      : fc(register_module("fc", nn::Linear(nn::LinearOptions(in, 2).bias(with_offset)))) {
    nn::init::normal_(fc->weight);
    nn::init::zeros_(fc->bias);
    // CHECK: :[[@LINE-1]]:22: warning: 'fc->bias' is undefined unless 'with_offset' holds, and 'zeros_' throws then
  }
  nn::Linear fc;
};

struct CallerImpl : nn::Module {
  explicit CallerImpl(const nn::LinearOptions &options) {
    fc = register_module("fc", nn::Linear(options));
    auto shifted = fc->bias + 1;
    // CHECK: :[[@LINE-1]]:20: warning: 'fc->bias' is undefined when the options handed in say bias(false), and 'operator+' throws then
  }
  nn::Linear fc{nullptr};
};

// InstanceNorm has no affine parameters unless asked for.
struct InstanceImpl : nn::Module {
  InstanceImpl() : norm(register_module("norm", nn::InstanceNorm2d(8))) {}
  void reset_parameters() {
    nn::init::ones_(norm->weight);
    // CHECK: :[[@LINE-1]]:21: warning: 'norm->weight' is undefined here: the 'InstanceNorm2d' was built with affine(false)
    // CHECK: :[[@LINE-4]]:{{[0-9]+}}: note: built here, with 'affine' off as is the default of 'InstanceNorm2d'
  }
  nn::InstanceNorm2d norm;
};

// One of two branches has no bias.
struct EitherImpl : nn::Module {
  explicit EitherImpl(bool wide) {
    if (wide)
      fc = register_module("fc", nn::Linear(64, 64));
    else
      fc = register_module("fc", nn::Linear(nn::LinearOptions(8, 8).bias(false)));
  }
  torch::Tensor offset() { return fc->bias.clone(); }
  // CHECK: :[[@LINE-1]]:35: warning: 'fc->bias' is undefined here
  nn::Linear fc{nullptr};
};

nn::Conv2dOptions convOptions(int64_t in, int64_t out, int64_t kernel, bool with_bias = false) {
  return nn::Conv2dOptions(in, out, kernel).padding(kernel / 2).bias(with_bias);
}

// Options made by a helper, by its default argument.
struct HelperImpl : nn::Module {
  HelperImpl() : conv(register_module("conv", nn::Conv2d(convOptions(3, 8, 3)))) {
    conv->bias.data().zero_();
    // CHECK: :[[@LINE-1]]:5: warning: 'conv->bias' is undefined here
  }
  nn::Conv2d conv;
};

// A loop over the module tree in which one convolution has no bias.
struct TreeImpl : nn::Module {
  TreeImpl() {
    stem = register_module("stem", nn::Conv2d(3, 8, 3));
    proj = register_module("proj", nn::Conv2d(nn::Conv2dOptions(8, 8, 1).bias(false)));
    for (auto &module : modules(/*include_self=*/false))
      if (auto *conv = module->as<nn::Conv2d>())
        nn::init::zeros_(conv->bias);
    // CHECK: :[[@LINE-1]]:26: warning: 'conv->bias' is undefined for a 'Conv2d' that comes here: it was built with bias(false), so 'zeros_' throws
  }
  nn::Conv2d stem{nullptr}, proj{nullptr};
};

// find returns a null pointer for a name that is not there.
void findUnchecked(nn::Module &m) {
  auto parameters = m.named_parameters(false);
  auto *bias = parameters.find("bias");
  nn::init::zeros_(*bias);
  // CHECK: :[[@LINE-1]]:20: warning: 'bias' is a null pointer when the module was built with bias(false): 'find' has no bias to return then
}

void findArrow(nn::Module &m) {
  auto *bias = m.named_parameters().find("fc.bias");
  bias->data().zero_();
  // CHECK: :[[@LINE-1]]:3: warning: 'bias' is a null pointer
}

// A local name for the tensor changes nothing.
void localAlias(nn::Linear fc) {
  auto &bias = fc->bias;
  bias.data().fill_(0);
  // CHECK: :[[@LINE-1]]:3: warning: 'bias' may be undefined
}

// A lambda handed to apply, with a layer in the tree that has no bias.
struct ApplyImpl : nn::Module {
  ApplyImpl() {
    fc = register_module("fc", nn::Linear(nn::LinearOptions(2, 2).bias(false)));
    apply([](nn::Module &m) {
      if (auto *l = m.as<nn::Linear>())
        nn::init::constant_(l->bias, 0);
      // CHECK: :[[@LINE-1]]:29: warning: 'l->bias' is undefined for a 'Linear' that comes here
    });
  }
  nn::Linear fc{nullptr};
};

// The same module by dynamic_cast.
struct CastImpl : nn::Module {
  explicit CastImpl(nn::Sequential given) : layers(std::move(given)) {
    for (auto &module : modules(false))
      if (auto *conv = dynamic_cast<nn::Conv3dImpl *>(module.get()))
        nn::init::zeros_(conv->bias);
    // CHECK: :[[@LINE-1]]:26: warning: 'conv->bias' may be undefined
    nn::init::constant_(*(layers[4]->named_parameters(false).find("bias")), 1.0);
    // CHECK: :[[@LINE-1]]:25: warning: 'layers[4]->named_parameters(false).find("bias")' is a null pointer
  }
  nn::Sequential layers;
};

// A helper replaces the layer after the use, or on one path only.
void replaceByOneWithBias(nn::Linear &layer) { layer = nn::Linear(2, 2); }
struct ReplacedImpl : nn::Module {
  explicit ReplacedImpl(bool replace) {
    fc = register_module("fc", nn::Linear(nn::LinearOptions(2, 2).bias(false)));
    nn::init::zeros_(fc->bias);
    // CHECK: :[[@LINE-1]]:22: warning: 'fc->bias' is undefined here
    if (replace)
      replaceByOneWithBias(fc);
    nn::init::ones_(fc->bias);
    // CHECK: :[[@LINE-1]]:21: warning: 'fc->bias' is undefined here
  }
  nn::Linear fc{nullptr};
};

// Built by a lambda that takes the member by reference.
struct LambdaImpl : nn::Module {
  LambdaImpl() {
    auto build = [](nn::Linear &layer) { layer = nn::Linear(nn::LinearOptions(2, 2).bias(false)); };
    build(fc);
    register_module("fc", fc);
    nn::init::zeros_(fc->bias);
    // CHECK: :[[@LINE-1]]:22: warning: 'fc->bias' is undefined here: the 'Linear' was built with bias(false)
  }
  nn::Linear fc{nullptr};
};

// The condition the other way round, and a member that is made where there is no bias.
struct TurnedAroundImpl : torch::nn::Module {
  TurnedAroundImpl(const std::string &norm, bool with) {
    a = register_module("a", torch::nn::Conv2d(torch::nn::Conv2dOptions(4, 4, 3).bias(norm == "none")));
    if (norm != "none")
      torch::nn::init::zeros_(a->bias);
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning:
    b = register_module("b", torch::nn::Conv2d(torch::nn::Conv2dOptions(4, 4, 3).bias(!with)));
    if (with)
      bn = register_module("bn", torch::nn::BatchNorm2d(4));
    if (bn)
      torch::nn::init::zeros_(b->bias);
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning:
  }
  torch::Tensor forward(torch::Tensor x) { return b(a(x)); }
  torch::nn::Conv2d a{nullptr}, b{nullptr};
  torch::nn::BatchNorm2d bn{nullptr};
};
