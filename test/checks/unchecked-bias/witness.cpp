// RUN: %check torch-unchecked-bias %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Only a construction in view that leaves the tensor out and comes to the use is a finding.
#include <torch/torch.h>

namespace nn = torch::nn;

// Anybody may call these, and nobody in view brings a layer without bias.
void initWeights(nn::Module &m) {
  if (auto *linear = m.as<nn::Linear>())
    nn::init::zeros_(linear->bias);
}
void ofParameter(nn::Linear fc) { fc->bias.data().zero_(); }
void findOfAny(nn::Module &m) {
  nn::init::zeros_(*m.named_parameters(false).find("bias"));
  nn::init::zeros_(*m.named_parameters().find("fc.bias"));
}
void byName(nn::Module &net) {
  for (auto &m : net.modules(false))
    if (m->name() == "torch::nn::BatchNorm2dImpl")
      nn::init::zeros_(*m->named_parameters(false).find("bias"));
}
struct CallerImpl : nn::Module {
  explicit CallerImpl(const nn::LinearOptions &options)
      : fc(register_module("fc", nn::Linear(options))) {
    nn::init::zeros_(fc->bias);
  }
  nn::Linear fc;
};

// The layers of a Sequential that is built in view.
struct VGGImpl : nn::Module {
  VGGImpl() {
    register_module("features", features);
    tail->push_back(nn::ReLU());
    tail->push_back(nn::Linear(nn::LinearOptions(8, 4).bias(false)));
    tail->push_back("last", nn::Linear(4, 2));
    register_module("tail", tail);
    nn::init::zeros_(*features[0]->named_parameters(false).find("bias"));
    nn::init::zeros_(*(features[2]->named_parameters(false).find("bias")));
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'features[2]->named_parameters(false).find("bias")' is a null pointer: the 'Conv2d' was built with bias(false), so 'find' has no bias to return
    // CHECK: note: 'bias' of the 'Conv2d' is decided here
    nn::init::zeros_(*features[3]->named_parameters(false).find("bias"));
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: {{.*}} is a null pointer: the 'InstanceNorm2d' was built with affine(false)
    // CHECK: note: built here, with 'affine' off as is the default of 'InstanceNorm2d'
    nn::init::zeros_(features[0]->as<nn::Conv2d>()->bias);
    nn::init::zeros_(features->at<nn::Conv2dImpl>(2).bias);
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: {{.*}} is undefined here: the 'Conv2d' was built with bias(false)
    // CHECK: note:
    auto second = tail[1]->named_parameters(false);
    auto *bias = second.find("bias");
    nn::init::zeros_(*bias);
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'bias' is a null pointer: the 'Linear' was built with bias(false)
    // CHECK: note:
    nn::init::zeros_(*tail[2]->named_parameters(false).find("bias"));
  }
  nn::Sequential features = nn::Sequential(
      nn::Conv2d(3, 64, 11), nn::ReLU(), nn::Conv2d(nn::Conv2dOptions(64, 64, 3).bias(false)),
      nn::InstanceNorm2d(64));
  nn::Sequential tail;
};

// Filled in a loop: which is at which index is not known.
struct LoopImpl : nn::Module {
  LoopImpl() {
    for (int i = 0; i < 3; ++i)
      layers->push_back(nn::Linear(nn::LinearOptions(4, 4).bias(i > 0)));
    register_module("layers", layers);
    nn::init::zeros_(*layers[0]->named_parameters(false).find("bias"));
  }
  nn::ModuleList layers;
};

// A Sequential made by a function of this file is handed in.
nn::Sequential makeFeatures() {
  return nn::Sequential(nn::Conv2d(3, 8, 3), nn::ReLU(), nn::Conv2d(8, 8, 3));
}
struct GivenImpl : nn::Module {
  explicit GivenImpl(nn::Sequential given) : features(register_module("features", given)) {
    for (auto &m : modules(false))
      if (auto *conv = m->as<nn::Conv2d>())
        nn::init::zeros_(conv->bias);
  }
  nn::Sequential features;
};
void makeGiven() { GivenImpl net(makeFeatures()); }

// A callback that only this file can name is what its calls apply it to.
static void initAll(nn::Module &m) {
  if (auto *linear = m.as<nn::Linear>())
    nn::init::zeros_(linear->bias);
}
static void initBilinear(nn::Module &m) {
  if (auto *layer = m.as<nn::Bilinear>())
    nn::init::zeros_(layer->bias);
  // CHECK: :[[@LINE-1]]:22: warning: 'layer->bias' is undefined for a 'Bilinear' that comes here: it was built with bias(false), so 'zeros_' throws
  // CHECK: note: 'bias' of the 'Bilinear' is decided here
}
struct WithBiasImpl : nn::Module {
  WithBiasImpl() {
    register_module("fc", nn::Linear(2, 2));
    apply(initAll);
  }
};
struct OtherImpl : nn::Module {
  OtherImpl() : fc(register_module("fc", nn::Linear(nn::LinearOptions(2, 2).bias(false)))) {}
  nn::Linear fc;
};
void applied() {
  nn::Sequential net(nn::Bilinear(nn::BilinearOptions(2, 2, 2).bias(false)), nn::ReLU());
  net->apply(initBilinear);
}

// First without, then replaced by one with a bias: other functions only see the latter.
void replaceByOneWithBias(nn::Linear &layer) { layer = nn::Linear(2, 2); }
struct ReplacedImpl : nn::Module {
  ReplacedImpl() {
    fc = register_module("fc", nn::Linear(nn::LinearOptions(2, 2).bias(false)));
    replaceByOneWithBias(fc);
    other = nn::Linear(nn::LinearOptions(2, 2).bias(false));
    other = register_module("other", nn::Linear(2, 2));
  }
  void reset_parameters() {
    nn::init::zeros_(fc->bias);
    nn::init::zeros_(other->bias);
  }
  nn::Linear fc{nullptr}, other{nullptr};
};
struct ReplacedOnOnePathImpl : nn::Module {
  explicit ReplacedOnOnePathImpl(bool replace) {
    fc = register_module("fc", nn::Linear(nn::LinearOptions(2, 2).bias(false)));
    if (replace)
      replaceByOneWithBias(fc);
  }
  void reset_parameters() {
    nn::init::zeros_(fc->bias);
    // CHECK: :[[@LINE-1]]:22: warning: 'fc->bias' is undefined here: the 'Linear' was built with bias(false)
    // CHECK: note:
  }
  nn::Linear fc{nullptr};
};
