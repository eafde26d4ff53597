// RUN: %check torch-unchecked-bias %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
namespace F = torch::nn::functional;

// Tested with defined(), in every shape that flow analysis must see through.
void tested(nn::Module &m, bool verbose) {
  if (auto *l = m.as<nn::Linear>(); l && l->bias.defined())
    nn::init::zeros_(l->bias);
  auto *l = m.as<nn::Linear>();
  if (!l || !l->bias.defined())
    return;
  nn::init::zeros_(l->bias);
}
void testedByContinue(nn::Module &net) {
  for (auto &m : net.modules()) {
    auto *conv = m->as<nn::Conv2d>();
    if (!conv)
      continue;
    if (!conv->bias.defined())
      continue;
    conv->bias.data().zero_();
  }
}
void testedByThrow(nn::Linear l) {
  if (!l->bias.defined())
    throw std::runtime_error("needs a bias");
  nn::init::zeros_(l->bias);
}
void testedByTorchCheck(nn::Linear l, nn::BatchNorm2d norm) {
  TORCH_CHECK(l->bias.defined() && norm->weight.defined(), "needs a bias");
  nn::init::zeros_(l->bias);
  nn::init::ones_(norm->weight);
}
torch::Tensor testedByChoice(nn::Linear l) {
  return l->bias.defined() ? l->bias.clone() : torch::zeros({2});
}
void testedThroughVariable(nn::Linear l) {
  const bool offset = l->bias.defined();
  if (offset)
    nn::init::zeros_(l->bias);
}
void testedByNumel(nn::Linear l) {
  if (l->bias.numel() > 0)
    nn::init::zeros_(l->bias);
}

// Tested by the options.
void options(nn::Module &m) {
  if (auto *c = m.as<nn::Conv2d>(); c && c->options.bias())
    nn::init::zeros_(c->bias);
  if (auto *b = m.as<nn::BatchNorm2d>())
    if (b->options.affine()) {
      nn::init::ones_(b->weight);
      nn::init::zeros_(b->bias);
    }
  if (auto *n = m.as<nn::LayerNorm>()) {
    auto options = n->options;
    if (options.elementwise_affine())
      nn::init::zeros_(n->bias);
  }
}

// The weight of a linear or convolution layer is always there.
void weightOnly(nn::Module &m) {
  if (auto *l = m.as<nn::Linear>())
    nn::init::xavier_uniform_(l->weight);
  if (auto *e = m.as<nn::Embedding>())
    nn::init::normal_(e->weight);
}

// The very flag given to bias(), also through a member that keeps it.
struct FlagImpl : nn::Module {
  FlagImpl(int64_t in, bool offset) : offset_(offset) {
    fc = register_module("fc", nn::Linear(nn::LinearOptions(in, 2).bias(offset)));
    if (offset)
      nn::init::zeros_(fc->bias);
  }
  void reset_parameters() {
    if (offset_)
      nn::init::zeros_(fc->bias);
  }
  nn::Linear fc{nullptr};
  bool offset_;
};
struct Config {
  int64_t in, out;
  bool use_bias, norm;
};
struct ConfigImpl : nn::Module {
  explicit ConfigImpl(const std::vector<Config> &layers) {
    for (const auto &layer : layers) {
      auto fc = nn::Linear(nn::LinearOptions(layer.in, layer.out).bias(layer.use_bias));
      if (layer.use_bias)
        nn::init::constant_(fc->bias, 0.1);
      auto conv = nn::Conv2d(nn::Conv2dOptions(layer.in, layer.out, 3).bias(!layer.norm));
      if (!layer.norm)
        nn::init::constant_(conv->bias, 0.1);
      seq->push_back(fc);
      seq->push_back(conv);
    }
    register_module("seq", seq);
  }
  nn::Sequential seq;
};

// Built in view with a bias: by default, by literal, by a local, by a helper, on both branches.
nn::Conv2dOptions convOptions(int64_t in, int64_t out, bool with_bias = true) {
  return nn::Conv2dOptions(in, out, 3).stride(1).bias(with_bias);
}
struct BuiltImpl : nn::Module {
  explicit BuiltImpl(bool wide)
      : conv(register_module("conv", nn::Conv2d(convOptions(3, 8)))),
        norm(register_module("norm", nn::InstanceNorm2d(nn::InstanceNorm2dOptions(8).affine(true)))),
        bn(register_module("bn", nn::BatchNorm2d(8))) {
    fc = register_module("fc", wide ? nn::Linear(64, 64) : nn::Linear(8, 8));
    shared = register_module("shared", std::make_shared<nn::LinearImpl>(3, 4));
    nn::init::zeros_(conv->bias);
    nn::init::ones_(norm->weight);
    bn->bias.data().zero_();
    fc->bias.data().zero_();
    nn::init::zeros_(shared->bias);
  }
  nn::Conv2d conv;
  nn::InstanceNorm2d norm;
  nn::BatchNorm2d bn;
  nn::Linear fc{nullptr};
  std::shared_ptr<nn::LinearImpl> shared;
};
void localLayer() {
  nn::Linear net(2, 1);
  net->bias.data().zero_();
  auto options = nn::LinearOptions(2, 1);
  options.bias(true);
  nn::Linear other(options);
  nn::init::zeros_(other->bias);
}

// The only linear layer below this module has a bias.
struct TreeImpl : nn::Module {
  TreeImpl() {
    features->push_back(nn::Conv2d(nn::Conv2dOptions(3, 8, 3).bias(false)));
    register_module("features", features);
    classifier = register_module("classifier", nn::Linear(8, 10));
    for (auto &m : modules(false)) {
      if (auto *conv = m->as<nn::Conv2d>())
        nn::init::kaiming_normal_(conv->weight);
      else if (auto *linear = m->as<nn::Linear>())
        nn::init::constant_(linear->bias, 0);
    }
  }
  nn::Sequential features;
  nn::Linear classifier{nullptr};
};

// Built where this file cannot see: unknown, not wrong.
struct ElsewhereImpl : nn::Module {
  ElsewhereImpl(int64_t in);
  void reset_parameters() { nn::init::zeros_(fc->bias); }
  nn::Linear fc{nullptr};
};

// Functions that accept an undefined bias.
torch::Tensor accepts(nn::Module &m, const torch::Tensor &x) {
  auto *l = m.as<nn::Linear>();
  auto *c = m.as<nn::Conv2d>();
  auto *b = m.as<nn::BatchNorm2d>();
  auto y = F::linear(x, l->weight, l->bias);
  y = torch::linear(y, l->weight, l->bias);
  y = torch::conv2d(y, c->weight, c->bias);
  y = F::conv2d(y, c->weight, F::Conv2dFuncOptions().bias(c->bias));
  return F::batch_norm(y, b->running_mean, b->running_var,
                       F::BatchNormFuncOptions().weight(b->weight).bias(b->bias));
}

// Questions that an undefined tensor answers, and rebinding.
void questions(nn::Linear l, torch::Tensor t) {
  std::cout << l->bias << l->bias.defined() << l->bias.sizes() << l->bias.numel();
  l->bias = t;
}
// Given a value on the way.
void givenBefore(nn::Linear l) {
  l->bias = l->register_parameter("bias", torch::zeros({4}));
  nn::init::zeros_(l->bias);
}

// The dictionary is asked, and the answer is tested.
void dictionary(nn::Module &m) {
  auto p = m.named_parameters(false);
  auto *w = p.find("weight");
  auto *b = p.find("bias");
  if (w != nullptr)
    nn::init::normal_(*w, 0.0, 0.02);
  if (b != nullptr)
    nn::init::constant_(*b, 0.0);
  if (auto *found = p.find("bias"))
    found->data().zero_();
  if (p.contains("bias"))
    nn::init::zeros_(m.as<nn::Linear>()->bias);
  for (auto &item : m.named_parameters())
    if (item.key().find("bias") != std::string::npos)
      nn::init::zeros_(item.value());
}

// A class of the project with tensors of the same name.
struct OwnImpl : nn::Module {
  OwnImpl() {
    weight = register_parameter("weight", torch::ones({3}));
    bias = register_parameter("bias", torch::zeros({3}));
    nn::init::zeros_(bias);
    nn::init::ones_(weight);
  }
  torch::Tensor weight, bias;
};

// A helper in this file that is only called with layers that have a bias.
static void zeroBias(nn::Linear &l) { nn::init::zeros_(l->bias); }
struct CallsHelperImpl : nn::Module {
  CallsHelperImpl() : a(register_module("a", nn::Linear(2, 2))), b(register_module("b", nn::Linear(3, 2))) {
    zeroBias(a);
    zeroBias(b);
  }
  nn::Linear a, b;
};

// A typed container filled in view.
struct ListImpl : nn::Module {
  ListImpl() {
    for (int i = 0; i < 3; ++i)
      layers.push_back(register_module("l" + std::to_string(i), nn::Linear(4, 4)));
    for (auto &layer : layers)
      nn::init::zeros_(layer->bias);
    nn::init::zeros_(layers.back()->bias);
    nn::init::zeros_(layers[0]->bias);
  }
  std::vector<nn::Linear> layers;
};

// Only runs in the branch that built it with a bias.
struct BranchImpl : nn::Module {
  explicit BranchImpl(int kind) {
    if (kind == 0) {
      fc = register_module("fc", nn::Linear(2, 2));
      nn::init::zeros_(fc->bias);
    } else {
      fc = register_module("fc", nn::Linear(nn::LinearOptions(2, 2).bias(false)));
    }
  }
  nn::Linear fc{nullptr};
};

// A flag named after the option is the flag that was given to it.
struct Settings {
  bool bias;
  bool has_bias() const;
};
void speakingFlags(nn::Linear l, bool use_bias, bool no_bias, const Settings &settings) {
  if (use_bias)
    nn::init::zeros_(l->bias);
  if (!no_bias)
    nn::init::zeros_(l->bias);
  if (settings.bias && settings.has_bias())
    nn::init::zeros_(l->bias);
}

// The layers of this container have a bias, whatever other classes build.
struct ContainerImpl : nn::Module {
  ContainerImpl() {
    layers->push_back(nn::Linear(2, 2));
    register_module("layers", layers);
    for (auto &m : layers->children())
      if (auto *l = m->as<nn::Linear>())
        nn::init::zeros_(l->bias);
  }
  nn::ModuleList layers;
};

// No convolution and no norm is built here or handed in: the branches are for everybody's models.
struct EverybodysImpl : nn::Module {
  EverybodysImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    for (auto &module : modules(false)) {
      if (auto *conv = module->as<nn::Conv2d>())
        nn::init::zeros_(conv->bias);
      else if (auto *norm = dynamic_cast<nn::BatchNorm2dImpl *>(module.get()))
        nn::init::ones_(norm->weight);
    }
  }
  nn::Linear fc{nullptr};
};

// A helper replaces the layer before the use.
void replaceByOneWithBias(nn::Linear &layer) { layer = nn::Linear(2, 2); }
struct ReplacedImpl : nn::Module {
  ReplacedImpl() {
    fc = register_module("fc", nn::Linear(nn::LinearOptions(2, 2).bias(false)));
    replaceByOneWithBias(fc);
    nn::init::zeros_(fc->bias);
  }
  nn::Linear fc{nullptr};
};

// A name that stands for itself compiles, and stands for nothing else.
void itself() {
  torch::Tensor w = w;
  w.zero_();
  torch::Tensor &u = u;
  nn::init::zeros_(u);
}

// Look-alike: the very condition that the option was given, a copy of its flag, a member that is made under it.
struct NormOrBiasImpl : torch::nn::Module {
  NormOrBiasImpl(int in, int out, bool norm) {
    conv = register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).bias(!norm)));
    if (norm)
      bn = register_module("bn", torch::nn::BatchNorm2d(out));
    init_weights();
  }
  void init_weights() {
    if (!bn)
      torch::nn::init::zeros_(conv->bias);
  }
  torch::Tensor forward(torch::Tensor x) { return bn ? bn(conv(x)) : conv(x); }
  torch::nn::Conv2d conv{nullptr};
  torch::nn::BatchNorm2d bn{nullptr};
};
struct SameConditionImpl : torch::nn::Module {
  SameConditionImpl(const std::string &norm, int groups, bool with) : use_norm_(with) {
    a = register_module("a", torch::nn::Conv2d(torch::nn::Conv2dOptions(4, 4, 3).bias(norm == "none")));
    if (norm == "none")
      torch::nn::init::zeros_(a->bias);
    b = register_module("b", torch::nn::Conv2d(torch::nn::Conv2dOptions(4, 4, 3).bias(groups > 1 && !with)));
    if (groups > 1 && !with)
      torch::nn::init::zeros_(b->bias);
    c = register_module("c", torch::nn::Conv2d(torch::nn::Conv2dOptions(4, 4, 3).bias(!with)));
    if (!use_norm_)
      torch::nn::init::zeros_(c->bias);
  }
  torch::Tensor forward(torch::Tensor x) { return c(b(a(x))); }
  bool use_norm_;
  torch::nn::Conv2d a{nullptr}, b{nullptr}, c{nullptr};
};

// Look-alike: a helper asks, and another method gives the layer its bias.
static bool hasTensor(const torch::Tensor &t) { return t.defined(); }
struct FusedImpl : torch::nn::Module {
  FusedImpl() {
    conv = register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 1, 1).bias(false)));
    bn = register_module("bn", torch::nn::BatchNorm2d(1));
    if (hasTensor(conv->bias))
      torch::nn::init::zeros_(conv->bias);
  }
  void fuse() { conv->bias = bn->bias - bn->running_mean; }
  torch::Tensor exported() { return conv->bias.contiguous(); }
  torch::Tensor forward(torch::Tensor x) { return bn(conv(x)); }
  torch::nn::Conv2d conv{nullptr};
  torch::nn::BatchNorm2d bn{nullptr};
};
