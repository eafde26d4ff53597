// RUN: %check torch-module-in-forward %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-module-in-forward %s --config='{CheckOptions: {torch-module-in-forward.ForwardNames: ""}}' -- -DNO_NAMES | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;

// The argument of clone() is another optional in each LibTorch.
template <typename R, typename C, typename A> A argumentOf(R (C::*)(A) const);
using MaybeDevice = decltype(argumentOf(&nn::Module::clone));

// Look-alike: built, registered and replaced where it belongs, in the constructor, reset() and setters.
struct ConstructorImpl : nn::Cloneable<ConstructorImpl> {
  ConstructorImpl() { reset(); }
  void reset() override {
    fc = register_module("fc", nn::Linear(2, 2));
    scale = register_parameter("scale", torch::ones({2}));
  }
  void widen(int64_t n) { fc = replace_module("fc", nn::Linear(n, n)); }
  void drop() { unregister_module("fc"); }
  Tensor forward(Tensor x) { return fc(x) * scale; }
  nn::Linear fc{nullptr};
  Tensor scale;
};

// Look-alike: a loss helper and a factory that forward does not reach.
struct LossImpl : nn::Module {
  LossImpl() : fc(register_module("fc", make(2))) {}
  static nn::Linear make(int64_t n) { return nn::Linear(n, n); }
  Tensor forward(Tensor x) { return fc(x); }
  Tensor loss(Tensor x, Tensor target) {
    nn::MSELoss criterion;
    return criterion(forward(x), target);
  }
  Tensor backward_loss(Tensor x, Tensor target) { return nn::CrossEntropyLoss()(forward(x), target); }
  nn::Linear fc;
};

// Look-alike: clone() asks an existing module for a copy.
struct CloneImpl : nn::Module {
  CloneImpl() : fc(register_module("fc", nn::Linear(2, 2))) {}
  Tensor forward(Tensor x) {
    auto copy = fc->clone();
    auto typed = std::dynamic_pointer_cast<nn::LinearImpl>(fc->clone());
    nn::Linear held(std::dynamic_pointer_cast<nn::LinearImpl>(copy));
    return held(typed->forward(x));
  }
  nn::Linear fc;
};

// Look-alike: the options of a functional, and of a layer, are no modules.
struct OptionsImpl : nn::Module {
  Tensor forward(Tensor x) {
    auto options = F::DropoutFuncOptions().p(0.5).training(is_training());
    nn::LinearOptions layer(2, 2);
    nn::functional::InterpolateFuncOptions sizes;
    sizes.size(std::vector<int64_t>{2, 2}).mode(torch::kNearest);
    return F::interpolate(F::dropout(x, options), sizes);
  }
};

// Look-alike: a copy of a holder is an alias of the module; an empty one holds none.
struct AliasImpl : nn::Module {
  AliasImpl() {
    for (int i = 0; i < 3; ++i)
      layers.push_back(register_module("fc" + std::to_string(i), nn::Linear(2, 2)));
    register_module("blocks", blocks);
  }
  Tensor forward(Tensor x) {
    nn::Linear first = layers[0];
    nn::Linear second(layers[1]);
    nn::Linear none{nullptr}, chosen = nullptr;
    chosen = first;
    for (auto layer : layers)
      x = layer(x);
    nn::Linear held(second.ptr());
    auto sequential = nn::Sequential(blocks);
    return run(sequential, held(chosen(x)));
  }
  Tensor run(nn::Sequential seq, Tensor x) { return seq->forward(x); }
  std::vector<nn::Linear> layers;
  nn::Sequential blocks;
};

// Look-alike: looked up, not built.
struct LookUpImpl : nn::Module {
  LookUpImpl() { register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    for (auto &child : children())
      if (auto *linear = child->as<nn::Linear>())
        x = linear->forward(x);
    auto fc = std::dynamic_pointer_cast<nn::LinearImpl>(named_children()["fc"]);
    std::shared_ptr<nn::Module> self = shared_from_this();
    nn::AnyModule any(fc);
    return any.forward(x);
  }
};

// Look-alike: the class is no Module; neither is a function of that name, nor a functor.
struct Pipeline {
  Tensor forward(Tensor x) { return nn::Linear(2, 2)(x); }
  Tensor operator()(Tensor x) { return forward(x); }
};
Tensor forward(Tensor x) { return nn::ReLU()(x); }

// Look-alike: another class does it; what it does is not this class's forward.
struct Criterion {
  Tensor compute(Tensor x, Tensor y) { return nn::MSELoss()(x, y); }
};
struct UsesOtherImpl : nn::Module {
  Tensor forward(Tensor x, Tensor y) { return criterion.compute(x, y); }
  Criterion criterion;
};

// Look-alike: a TorchScript module is no nn::Module.
struct ScriptImpl : nn::Module {
  Tensor forward(Tensor x) {
    torch::jit::Module script("script");
    return script.forward({x}).toTensor();
  }
};

// Look-alike: other objects of LibTorch: tensors, guards, autograd functions, optimizer options, locals of plain classes.
struct Double : torch::autograd::Function<Double> {
  static Tensor forward(torch::autograd::AutogradContext *, Tensor x) { return x * 2; }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext *,
                                               torch::autograd::tensor_list grads) {
    return {grads[0] * 2};
  }
};
struct OthersImpl : nn::Module {
  Tensor forward(Tensor x) {
    torch::NoGradGuard no_grad;
    auto mask = torch::zeros_like(x);
    ++calls;
    last_shape = x.sizes().vec();
    return Double::apply(x) + mask;
  }
  int64_t calls = 0;
  std::vector<int64_t> last_shape;
};

// Look-alike: never evaluated.
struct UnevaluatedImpl : nn::Module {
  UnevaluatedImpl() : fc(register_module("fc", nn::Linear(2, 2))) {}
  Tensor forward(Tensor x) {
    using Layer = decltype(nn::Linear(2, 2));
    static_assert(sizeof(nn::Linear(2, 2)) == sizeof(Layer), "");
    return fc(x);
  }
  nn::Linear fc;
};

// Look-alike: a member of a local, or of another object, is assigned; the own one is only read.
struct State {
  nn::Linear layer{nullptr};
};
struct LocalStateImpl : nn::Module {
  LocalStateImpl() : fc(register_module("fc", nn::Linear(2, 2))) {}
  Tensor forward(Tensor x) {
    State state;
    state.layer = fc;
    return state.layer(x);
  }
  nn::Linear fc;
};

// Look-alike: other members of a Module are not forward, whatever they build.
struct OtherMembersImpl : nn::Module {
  void pretty_print(std::ostream &stream) const override { stream << nn::Linear(2, 2); }
  std::shared_ptr<nn::Module> clone(MaybeDevice) const override {
    return std::make_shared<nn::LinearImpl>(2, 2);
  }
  Tensor backwards(Tensor x) { return nn::Linear(2, 2)(x); }
  Tensor go_forward(Tensor x) { return nn::Linear(2, 2)(x); }
};

#ifdef NO_NAMES
// Option ForwardNames: an empty list leaves forward* and operator() alone.
struct NoNamesImpl : nn::Module {
  Tensor predict(Tensor x) { return nn::Linear(2, 2)(x); }
};
#endif

// Look-alike: what is never used has no weights that matter.
struct UnusedLocalImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    torch::nn::LayerNorm norm(torch::nn::LayerNormOptions({4}));
    return torch::layer_norm(x, {4});
  }
};

// Look-alike: a norm without weights and statistics, and a static that has none, hold nothing.
struct PlainNormsImpl : nn::Module {
  Tensor forward(Tensor x) {
    nn::InstanceNorm2d norm(4);
    x = norm(x);
    x = nn::GroupNorm(nn::GroupNormOptions(2, 4).affine(false))(x);
    x = nn::LayerNorm(nn::LayerNormOptions({4}).elementwise_affine(false))(x);
    x = nn::BatchNorm2d(nn::BatchNorm2dOptions(4).affine(false).track_running_stats(false))(x);
    static nn::ReLU relu;
    static nn::MaxPool2d pool(2);
    return pool(relu(x));
  }
};
