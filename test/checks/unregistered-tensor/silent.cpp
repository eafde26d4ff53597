// RUN: %check torch-unregistered-tensor %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Registered as parameter or buffer, in the body, the init list, a default member initializer.
struct RegisteredImpl : nn::Module {
  RegisteredImpl() : listed(register_buffer("listed", torch::ones({2}))) {
    weight = register_parameter("weight", torch::randn({2, 2}));
    table = this->register_buffer("table", torch::arange(2));
    frozen = register_parameter("frozen", torch::ones({2}), /*requires_grad=*/false);
  }
  Tensor forward(Tensor x) { return x.mm(weight) + table + listed + frozen + by_default; }
  Tensor weight, table, listed, frozen;
  Tensor by_default = register_buffer("by_default", torch::ones({2}));
};

// Look-alike: registered by a statement whose result is discarded, before or after the member is set.
struct StatementImpl : nn::Module {
  StatementImpl() : a(torch::ones({2})) {
    register_buffer("a", a);
    b = torch::zeros({2});
    (void)register_buffer("b", b);
    auto c0 = torch::zeros({2});
    register_parameter("c", c0);
    c = c0;
    d = torch::zeros({2});
    d = register_parameter("d", d);
    auto e0 = register_buffer("e", torch::zeros({2}));
    e = e0;
  }
  Tensor forward(Tensor x) { return x + a + b + c + d + e; }
  Tensor a, b, c, d, e;
};

// Look-alike: a vector filled from register calls, or registered element by element.
struct VectorImpl : nn::Module {
  VectorImpl() {
    for (int i = 0; i < 3; ++i) {
      direct.push_back(register_parameter("direct" + std::to_string(i), torch::randn({2})));
      back.push_back(torch::randn({2}));
      register_buffer("back" + std::to_string(i), back.back());
      auto w = torch::randn({2});
      local.push_back(w);
      register_parameter("local" + std::to_string(i), w);
      later.push_back(torch::randn({2}));
    }
    for (size_t i = 0; i < later.size(); ++i)
      register_buffer("later" + std::to_string(i), later[i]);
    int n = 0;
    for (auto &t : fixed)
      register_buffer("fixed" + std::to_string(n++), t);
  }
  Tensor forward(Tensor x) { return x + direct[0] + back[0] + local[0] + later[0] + fixed[0]; }
  std::vector<Tensor> direct, back, local, later;
  std::vector<Tensor> fixed{torch::ones({2}), torch::zeros({2})};
};

// Look-alike: an intermediate result of a call, set in forward (torch-state-in-forward's).
struct IntermediateImpl : nn::Module {
  IntermediateImpl() : fc(register_module("fc", nn::Linear(2, 2))) {}
  Tensor forward(Tensor x) {
    features = fc(x);
    return features.relu();
  }
  nn::Linear fc;
  Tensor features;
};

// Look-alike: dead members: given a value that nobody reads; never given a value; only printed by another method.
struct DeadImpl : nn::Module {
  DeadImpl() {
    unused = torch::ones({2});
    printed = torch::ones({2});
  }
  void print() { std::cout << printed; }
  Tensor forward(Tensor x) { return never.defined() ? x + never : x; }
  Tensor unused, printed, never;
};

// Look-alike: set by a setter, after construction.
struct SetterImpl : nn::Module {
  void set_mask(Tensor mask) { mask_ = mask; }
  Tensor forward(Tensor x) { return x * mask_; }
  Tensor mask_;
};

// Look-alike: an alias of a tensor that is registered, by this class or by a child.
struct AliasImpl : nn::Module {
  AliasImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    weight = fc->weight;
    scale = register_parameter("scale", torch::ones({2}));
    alias = scale;
    all = parameters();
    found = named_parameters()["scale"];
  }
  Tensor forward(Tensor x) { return x.mm(weight) * alias + all[0] + found; }
  nn::Linear fc{nullptr};
  Tensor weight, scale, alias, found;
  std::vector<Tensor> all;
};

// Look-alike: registered by another method, a lambda, reset(), a helper, or on the object that a factory makes.
static void keep(nn::Module &owner, Tensor &t) { owner.register_buffer("kept", t); }
struct MethodsImpl : nn::Cloneable<MethodsImpl> {
  MethodsImpl() : a(torch::ones({2})), b(torch::ones({2})), c(torch::ones({2})), e(makeBuffer("e")) {
    auto add = [this](const std::string &name, Tensor &t) { register_buffer(name, t); };
    add("b", b);
    keep(*this, c);
    publish();
    reset();
  }
  void publish() { register_buffer("a", a); }
  void reset() override { d = register_parameter("d", torch::ones({2})); }
  Tensor makeBuffer(const std::string &name) { return register_buffer(name, torch::ones({2})); }
  static std::shared_ptr<MethodsImpl> create() {
    auto p = std::make_shared<MethodsImpl>();
    p->register_buffer("f", p->f);
    return p;
  }
  Tensor forward(Tensor x) { return x + a + b + c + d + e + f; }
  Tensor a, b, c, d, e, f = torch::ones({2});
};

// Look-alike: the base registers what the derived class sets, and the other way round.
struct BaseImpl : nn::Module {
  BaseImpl() : table(torch::ones({2})) {}
  void add(const std::string &name, const Tensor &t) { register_buffer(name, t); }
  Tensor table;
};
struct DerivedImpl : BaseImpl {
  DerivedImpl() : own(torch::ones({2})) {
    register_buffer("table", table);
    add("own", own);
  }
  Tensor forward(Tensor x) { return x + table + own; }
  Tensor own;
};

// Look-alike: the constructor is in another file: unknown.
struct ElsewhereImpl : nn::Module {
  explicit ElsewhereImpl(int64_t n);
  Tensor forward(Tensor x) { return x + table; }
  Tensor table = torch::ones({2});
};

// Look-alike: the parameters belong to a registered ParameterList.
struct ListImpl : nn::Module {
  ListImpl() {
    w = torch::randn({2}, torch::requires_grad());
    list->append(w);
    register_module("list", list);
  }
  Tensor forward(Tensor x) { return x + w; }
  Tensor w;
  nn::ParameterList list;
};

// Look-alike: a class that is no Module; a local; members that are no tensors.
struct Normalizer {
  Normalizer() : mean(torch::zeros({3})) {}
  Tensor forward(Tensor x) { return x - mean; }
  Tensor mean;
};
struct OthersImpl : nn::Module {
  OthersImpl() : device(torch::kCPU), options(torch::kFloat), scale(0.5), sizes{2, 2} {}
  Tensor forward(Tensor x) {
    auto mask = torch::ones(sizes, options.device(device));
    return x * mask * scale;
  }
  torch::Device device;
  torch::TensorOptions options;
  torch::Scalar scale;
  std::vector<int64_t> sizes;
};

// Look-alike: registered under another name, and replaced by the registered one on each branch.
struct BranchesImpl : nn::Module {
  explicit BranchesImpl(bool learned) {
    position = torch::zeros({4, 2});
    if (learned)
      position = register_parameter("pos_embed", position);
    else
      position = register_buffer("pos_table", position);
  }
  Tensor forward(Tensor x) { return x + position; }
  Tensor position;
};

// Look-alike: a table of constants that is only looked up on the host.
struct ScheduleImpl : nn::Module {
  ScheduleImpl() : probabilities(torch::linspace(1, 0, 100)) {}
  Tensor forward(Tensor x) { return torch::dropout(x, probability(), is_training()); }
  double probability() {
    const int64_t last = probabilities.size(0) - 1;
    return probabilities[std::min(step++, last)].item<double>();
  }
  Tensor probabilities;
  int64_t step = 0;
};

// Look-alike: an empty tensor stands for what is not there yet.
struct UnfilledImpl : nn::Module {
  UnfilledImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return torch::cat({fc(x) * strides, anchors}, 1); }
  nn::Linear fc{nullptr};
  Tensor anchors = torch::empty(0), strides = torch::zeros({0, 2});
};

// Look-alike: constants that each use brings to the device, without dimensions, or indices on the host.
struct ConstantsImpl : nn::Module {
  ConstantsImpl() : mask(torch::ones({4, 4}).tril()) {}
  Tensor forward(Tensor x) {
    auto device = x.device();
    x = x.masked_fill(mask.to(device) == 0, -1e9) - mean.to(x.options()) + shift.slice(0, 0, 2).to(x);
    return x.index({torch::indexing::Slice(), order}) * scale + log_2pi;
  }
  Tensor mask, mean = torch::tensor({0.485, 0.456, 0.406}).view({1, 3, 1, 1}), shift = torch::ones({4});
  Tensor scale = torch::tensor(0.5), log_2pi = torch::log(torch::tensor(6.2831853));
  Tensor order = torch::arange(8).flip(0);
};

// Look-alike: tables that are made through locals, members and element by element, and looked up on the host.
struct TablesImpl : nn::Module {
  TablesImpl() {
    auto steps = torch::linspace(1e-4, 0.02, 1000);
    betas = torch::linspace(1e-4, 0.02, 1000);
    kept = torch::cumprod(1 - steps, 0);
    roots = torch::sqrt(betas);
    waves = torch::empty({8});
    for (int i = 0; i < 8; ++i)
      waves[i] = std::sin(i);
  }
  Tensor forward(Tensor x, int64_t t) {
    auto root = roots.accessor<float, 1>();
    return x * kept[t].item<float>() + betas.index({t}).item<float>() + root[t] + waves[t % 8].item<float>();
  }
  Tensor betas, kept, roots, waves;
};

// Look-alike: registered through pointers, a list, a ParameterList.
struct ThroughListsImpl : nn::Module {
  ThroughListsImpl() {
    int i = 0;
    for (auto *t : {&a, &b})
      register_buffer("t" + std::to_string(i++), *t);
    nn::ParameterList list(c, d);
    register_module("list", list);
    for (auto &t : {e, f})
      register_buffer("t" + std::to_string(i++), t);
  }
  Tensor forward(Tensor x) { return x * a + b * c + d + e + f; }
  Tensor a = torch::rand(3), b = torch::rand(3), c = torch::rand(3), d = torch::rand(3), e = torch::rand(3);
  Tensor f = torch::rand(3);
};

// Constants that are moved where they are used, or by a method.
struct WindowImpl : nn::Module {
  explicit WindowImpl(bool wide) {
    if (wide)
      window = torch::ones({1, 1, 5, 5});
    else
      window = torch::ones({1, 1, 3, 3});
  }
  Tensor forward(Tensor x) {
    if (window.device() != x.device())
      window = window.to(x);
    return torch::conv2d(x, window);
  }
  Tensor window;
};
