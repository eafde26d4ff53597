// RUN: %check torch-unregistered-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// The documented idiom, in the body and in the init list.
struct IdiomImpl : nn::Module {
  IdiomImpl() : b(register_module("b", nn::Linear(2, 2))), c{register_module("c", nn::Linear(2, 2))} {
    a = register_module("a", nn::Linear(2, 2));
    this->d = this->register_module<nn::LinearImpl>("d", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return e(d(c(b(a(x))))); }
  nn::Linear a{nullptr}, b, c, d{nullptr};
  nn::Linear e = register_module("e", nn::Linear(2, 2));
};

// Look-alike: registered by a bare statement whose result is discarded, after or before the member is set.
struct StatementImpl : nn::Module {
  StatementImpl() : a(2, 2) {
    register_module("a", a);
    b = nn::Linear(2, 2);
    (void)register_module("b", b);
    nn::Linear local(2, 2);
    register_module("c", local);
    c = local;
    register_module("d", d);
    e = std::make_shared<nn::LinearImpl>(2, 2);
    register_module("e", e);
    f = nn::Linear(2, 2);
    register_module("f", f.ptr());
  }
  Tensor forward(Tensor x) { return f(e->forward(d(c(b(a(x)))))); }
  nn::Linear a, b{nullptr}, c{nullptr}, d{2, 2};
  std::shared_ptr<nn::LinearImpl> e;
  nn::Linear f{nullptr};
};

// Look-alike: auto m = register_module(..), stored afterwards, also as another handle.
struct AutoImpl : nn::Module {
  AutoImpl() {
    auto m = register_module("a", nn::Linear(2, 2));
    a = m;
    auto pointer = register_module("b", std::make_shared<nn::LinearImpl>(2, 2));
    b = nn::Linear(pointer);
    any = nn::AnyModule(register_module("any", nn::Linear(2, 2)));
    wrapped = nn::AnyModule(nn::Linear(2, 2));
    register_module("wrapped", wrapped.ptr());
  }
  Tensor forward(Tensor x) { return wrapped.forward(any.forward(b(a(x)))); }
  nn::Linear a{nullptr}, b{nullptr};
  nn::AnyModule any, wrapped;
};

// Look-alike: a child of a container that is registered, before or after it is filled.
struct ContainerImpl : nn::Module {
  ContainerImpl() {
    a = nn::Linear(2, 2);
    b = nn::Linear(2, 2);
    c = nn::Linear(2, 2);
    d = nn::Linear(2, 2);
    e = nn::Linear(2, 2);
    before = register_module("before", nn::Sequential());
    before->push_back(a);
    after->push_back("b", b);
    register_module("after", after);
    register_module("given", nn::Sequential(c, nn::ReLU()));
    list->extend(std::vector<nn::Linear>{d});
    register_module("list", list);
    nn::ModuleDict dict;
    dict->update(std::vector<std::pair<std::string, std::shared_ptr<nn::Module>>>{{"e", e.ptr()}});
    register_module("dict", dict);
  }
  Tensor forward(Tensor x) { return e(d(c(b(a(x))))); }
  nn::Linear a{nullptr}, b{nullptr}, c{nullptr}, d{nullptr}, e{nullptr};
  nn::Sequential before{nullptr}, after;
  nn::ModuleList list;
};

// Look-alike: registered by another method, a lambda, a helper function that gets the object or the member.
static void add(nn::Module &owner, nn::Linear &layer) { owner.register_module("helped", layer); }
void addElsewhere(nn::Module &owner, nn::Linear &layer);
struct MethodImpl : nn::Module {
  MethodImpl() : a(2, 2), b(2, 2), c(2, 2), d(2, 2), e(makeLayer("e")) {
    auto publish = [this](const std::string &name, nn::Linear &layer) { register_module(name, layer); };
    publish("b", b);
    add(*this, c);
    addElsewhere(*this, d);
    publishAll();
  }
  void publishAll() { register_module("a", a); }
  nn::Linear makeLayer(const std::string &name) { return register_module(name, nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return e(d(c(b(a(x))))); }
  nn::Linear a, b, c, d, e;
};

// Look-alike: registered in a method that is called after construction.
struct InitImpl : nn::Module {
  InitImpl() : fc(2, 2) {}
  void init() { register_module("fc", fc); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
};

// Look-alike: registered through the pointer in a static factory.
struct FactoryImpl : nn::Module {
  static std::shared_ptr<FactoryImpl> create() {
    auto p = std::make_shared<FactoryImpl>();
    p->register_module("fc", p->fc);
    p->head = nn::Linear(2, 2);
    p->register_module("head", p->head);
    return p;
  }
  Tensor forward(Tensor x) { return head(fc(x)); }
  nn::Linear fc{2, 2}, head{nullptr};
};

// Look-alike: the constructor is in another file: unknown.
struct ElsewhereImpl : nn::Module {
  explicit ElsewhereImpl(int64_t n);
  ElsewhereImpl() : fc(2, 2) {}
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
};

// Look-alike: on purpose an alias of a module that is registered: own, handed in, or of another object.
struct AliasImpl : nn::Module {
  AliasImpl(nn::Linear shared, const std::shared_ptr<IdiomImpl> &other) : shared_(shared), other_(other) {
    a = register_module("a", nn::Linear(2, 2));
    b = register_module("b", nn::Linear(2, 2));
    current = a;
    last = other->b;
    found = std::dynamic_pointer_cast<nn::LinearImpl>(children()[0]);
  }
  void choose(bool second) { current = second ? b : a; }
  Tensor forward(Tensor x) { return found->forward(last(current(shared_(x)))); }
  nn::Linear shared_, a{nullptr}, b{nullptr}, current{nullptr}, last{nullptr};
  std::shared_ptr<IdiomImpl> other_;
  std::shared_ptr<nn::LinearImpl> found;
};

// Look-alike: registered on the parent.
struct ChildImpl : nn::Module {
  explicit ChildImpl(nn::Module &parent) : fc(2, 2), act(2, 2) {
    parent.register_module("child_fc", fc);
    parent.register_module("child_act", act);
  }
  Tensor forward(Tensor x) { return act(fc(x)); }
  nn::Linear fc, act;
};

// Look-alike: the base declares and builds, the derived class registers; and the other way round.
struct BaseImpl : nn::Module {
  BaseImpl() : fc(2, 2) {}
  void add(const std::string &name, nn::Linear &layer) { register_module(name, layer); }
  nn::Linear fc;
};
struct DerivedImpl : BaseImpl {
  DerivedImpl() : head(2, 2) {
    register_module("fc", fc);
    add("head", head);
  }
  Tensor forward(Tensor x) { return head(fc(x)); }
  nn::Linear head;
};

// Look-alike: stateless, which IgnoreStateless leaves alone by default.
struct StatelessImpl : nn::Module {
  StatelessImpl() : pool(nn::MaxPool2dOptions(2)) { act = nn::LeakyReLU(0.1); }
  Tensor forward(Tensor x) { return flatten(softmax(pool(act(relu(x))))); }
  nn::ReLU relu;
  nn::LeakyReLU act{nullptr};
  nn::MaxPool2d pool;
  nn::Softmax softmax{nn::SoftmaxOptions(1)};
  nn::Flatten flatten;
};

// Look-alike: null, never assigned; assigned null.
struct NullImpl : nn::Module {
  NullImpl() { b = nullptr; }
  nn::Linear a{nullptr}, b{nullptr};
  std::shared_ptr<nn::LinearImpl> c;
  nn::AnyModule d;
};

// Look-alike: a member of a class that is no Module; a TorchScript module; pointers that own nothing.
struct Trainer {
  Trainer() : model(2, 2) {}
  nn::Linear model;
};
struct NoChildImpl : nn::Module {
  explicit NoChildImpl(nn::Module *parent) : parent_(parent), script_("script") {
    fc = register_module("fc", nn::Linear(2, 2));
    raw_ = fc.get();
    weak_ = fc.ptr();
  }
  nn::Module *parent_;
  torch::jit::Module script_;
  nn::Linear fc{nullptr};
  nn::LinearImpl *raw_;
  std::weak_ptr<nn::LinearImpl> weak_;
};

// Look-alike of the stale child: replaced, re-registered, assigned before the registration, a local of that name.
struct ReplaceImpl : nn::Module {
  explicit ReplaceImpl(bool wide) {
    a = nn::Linear(2, 2);
    if (wide)
      a = nn::Linear(2, 64);
    register_module("a", a);
    if (wide)
      b = register_module("b", nn::Linear(2, 2));
    else
      b = register_module("b", nn::Linear(2, 4));
  }
  void widen(int64_t n) {
    a = replace_module("a", nn::Linear(2, n));
    b = nn::Linear(2, n);
    replace_module("b", b);
  }
  void renew() {
    unregister_module("a");
    a = register_module("a", nn::Linear(2, 2));
    unregister_module("b");
    b = nn::Linear(2, 2);
    register_module("b", b);
  }
  Tensor forward(Tensor x) {
    nn::Linear a = b;
    return a(x);
  }
  nn::Linear a{nullptr}, b{nullptr};
};

// Look-alike: reset() builds and registers again on a fresh clone.
struct ResetImpl : nn::Cloneable<ResetImpl> {
  ResetImpl() { reset(); }
  void reset() override {
    fc = nn::Linear(2, 2);
    register_module("fc", fc);
    head = register_module("head", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return head(fc(x)); }
  nn::Linear fc{nullptr}, head{nullptr};
};

// Look-alike: containers and structs are torch-raw-module-container's.
struct VectorImpl : nn::Module {
  VectorImpl() { layers.push_back(nn::Linear(2, 2)); }
  std::vector<nn::Linear> layers;
};

// Look-alike: a class that makes a network for its callers, who run and train it.
struct Maker : nn::Module {
  explicit Maker(int width) { model = nn::Sequential(nn::Linear(width, 4), nn::Dropout(0.5)); }
  nn::Sequential get_model() { return model; }
  const nn::Sequential &model_itself() const { return model; }

private:
  nn::Sequential model;
};

// Look-alike: a method registers the parts of what it is handed.
struct StemImpl : nn::Module {
  StemImpl() : conv(nn::Conv2dOptions(1, 4, 3)), norm(4) {}
  torch::Tensor forward(torch::Tensor x) { return norm(conv(x)); }
  nn::Conv2d conv;
  nn::BatchNorm2d norm;
};
struct InPartsImpl : nn::Module {
  InPartsImpl() : first(adopt(StemImpl(), "first")), second(adoptBy(std::make_shared<StemImpl>())) {}
  torch::Tensor forward(torch::Tensor x) { return second->forward(first.forward(x)); }
  StemImpl adopt(StemImpl stem, const std::string &name) {
    register_module(name + "_conv", stem.conv);
    register_module(name + "_norm", stem.norm);
    return stem;
  }
  std::shared_ptr<StemImpl> adoptBy(std::shared_ptr<StemImpl> stem) {
    register_module("conv", stem->conv);
    register_module("norm", stem->norm);
    return stem;
  }
  StemImpl first;
  std::shared_ptr<StemImpl> second;
};

// Look-alike: each path registers it, by itself or in what all share.
struct EachWayImpl : nn::Module {
  explicit EachWayImpl(int classes) {
    fc = nn::Linear(4, classes);
    finish();
  }
  EachWayImpl(int width, int classes) { fc = register_module("fc", nn::Linear(width, classes)); }
  explicit EachWayImpl(bool wide) {
    if (wide)
      fc = nn::Linear(4, 8);
    else
      fc = nn::Linear(4, 4);
    register_module("fc", fc);
  }
  explicit EachWayImpl(nn::Linear given) : fc(given) { nn::Module::register_module("fc", given); }
  EachWayImpl(bool wide, std::string name) {
    auto made = wide ? nn::Linear(4, 8) : nn::Linear(4, 4);
    fc = made;
    register_module(name, made);
  }
  explicit EachWayImpl(double) : EachWayImpl(4) {}
  void finish() { register_module("fc", fc); }
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
};
// Look-alike: a member without parameters, and one that forward does not read.
struct NoMatterImpl : nn::Module {
  NoMatterImpl() {
    act = nn::ReLU();
    spare = nn::Linear(4, 4);
  }
  explicit NoMatterImpl(int) {
    act = register_module("act", nn::ReLU());
    spare = register_module("spare", nn::Linear(4, 4));
  }
  torch::Tensor forward(torch::Tensor x) { return act(x); }
  nn::ReLU act{nullptr};
  nn::Linear spare{nullptr};
};

// Look-alike: the local is registered, or the constructor leaves the member to the method.
struct RegisteredLocalImpl : nn::Module {
  void build(int64_t classes) {
    nn::Linear fresh(4, classes);
    head = fresh;
    register_module("head", head);
  }
  void rebuild(int64_t classes) {
    nn::Linear fresh(4, classes);
    head = replace_module("head", fresh);
  }
  torch::Tensor forward(torch::Tensor x) { return head(x); }
  nn::Linear head{nullptr};
};
struct SwappedInPlaceImpl : nn::Module {
  SwappedInPlaceImpl() : head(register_module("head", nn::Linear(4, 4))) {}
  void widen(int64_t classes) {
    nn::Linear fresh(4, classes);
    replace_module("head", fresh);
    head = fresh;
  }
  torch::Tensor forward(torch::Tensor x) { return head(x); }
  nn::Linear head;
};

// Look-alike: a default constructor that builds nothing, for the holder alone.
struct EmptyDefaultImpl : nn::Module {
  EmptyDefaultImpl() {}
  explicit EmptyDefaultImpl(int width) : other(nn::Linear(width, 4)) {
    model = nn::Sequential(nn::Linear(4, width), nn::ReLU());
    register_module("model", model);
    register_module("other", other);
  }
  torch::Tensor forward(torch::Tensor x) { return other(model->forward(x)); }
  nn::Sequential model;
  nn::Linear other{nullptr};
};
TORCH_MODULE(EmptyDefault);

// Look-alike: built in any case, registered and run under the same flag.
struct SkippedImpl : nn::Module {
  SkippedImpl(int64_t in, int64_t out)
      : skips(in != out), conv(nn::Conv2dOptions(in, out, 1)), skip(nn::Conv2dOptions(in, out, 1)) {
    register_module("conv", conv);
    if (skips)
      register_module("skip", skip);
  }
  Tensor forward(Tensor x) {
    Tensor y = conv(x);
    if (skips)
      x = skip(x);
    return x + y;
  }
  bool skips;
  nn::Conv2d conv, skip;
};
struct SkippedEarlyImpl : nn::Module {
  SkippedEarlyImpl(bool deep, int64_t width) : deep(deep), fc(width, width), more(width, width) {
    register_module("fc", fc);
    if (!deep)
      return;
    register_module("more", more);
  }
  Tensor forward(Tensor x) { return deep ? run(x) : fc(x); }
  Tensor run(Tensor x) { return more(fc(x)); }
  bool deep;
  nn::Linear fc, more;
};
// A function of another file that takes the class itself may register its members.
struct HandedOutImpl;
void adoptElsewhere(HandedOutImpl &net);
struct HandedOutImpl : nn::Module {
  HandedOutImpl() : fc(2, 2) { adoptElsewhere(*this); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
};
struct HandedOutByPointerImpl;
void adoptPointer(HandedOutByPointerImpl *net, int width);
struct HandedOutByPointerImpl : nn::Module {
  HandedOutByPointerImpl() : fc(2, 2) { adoptPointer(this, 2); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
};

// Look-alike: of a module of the project, what it holds is registered here, under the name that a file has.
struct InnerImpl : nn::Module {
  InnerImpl() { layers = register_module("layers", nn::Sequential(nn::Linear(2, 2), nn::ReLU())); }
  torch::Tensor forward(torch::Tensor x) { return layers->forward(x); }
  nn::Sequential layers{nullptr};
};
TORCH_MODULE(Inner);
struct OuterImpl : nn::Module {
  OuterImpl() { register_module("inner", inner->layers); }
  torch::Tensor forward(torch::Tensor x) { return inner->forward(x); }
  Inner inner;
};

// Look-alike: who owns it is built in another file, and may register its members there.
struct FarBlockImpl : nn::Module {
  explicit FarBlockImpl(int64_t n) { conv = nn::Conv2d(nn::Conv2dOptions(n, n, 3)); }
  torch::Tensor forward(torch::Tensor x) { return conv(x); }
  nn::Conv2d conv{nullptr};
};
TORCH_MODULE(FarBlock);
struct FarOwnerImpl : nn::Module {
  FarOwnerImpl();
  torch::Tensor forward(torch::Tensor x);
  std::vector<FarBlock> blocks;
};
auto far_block = std::make_shared<FarBlockImpl>(4);

// Look-alike: norms without weights and statistics: nothing to train, save, move or switch.
struct PlainNormsImpl : nn::Module {
  PlainNormsImpl() {
    nn::LayerNormOptions options({4});
    options.elementwise_affine(false);
    built = nn::LayerNorm(options);
    group = nn::GroupNorm(nn::GroupNormOptions(2, 4).affine(false));
  }
  torch::Tensor forward(torch::Tensor x) { return batch(group(built(layer(norm(x))))); }
  nn::InstanceNorm2d norm{nn::InstanceNorm2dOptions(4)};
  nn::LayerNorm layer{nn::LayerNormOptions({4}).elementwise_affine(false)}, built{nullptr};
  nn::GroupNorm group{nullptr};
  nn::BatchNorm2d batch{nn::BatchNorm2dOptions(4).affine(false).track_running_stats(false)};
};

// Look-alike: registered through pointers, tuples, lists and visitors.
struct ThroughListsImpl : nn::Module {
  ThroughListsImpl() {
    int i = 0;
    for (auto *m : {&a, &b})
      register_module("m" + std::to_string(i++), *m);
    std::apply([&](auto &...m) { (register_module("m" + std::to_string(i++), m), ...); }, std::tie(c, d));
    for (auto m : {e, f})
      register_module("m" + std::to_string(i++), m);
    for (auto &m : parts())
      register_module("m" + std::to_string(i++), m);
    nn::Linear array[] = {k, l};
    for (auto &m : array)
      register_module("m" + std::to_string(i++), m);
  }
  std::vector<nn::Linear> parts() { return {g, h}; }
  torch::Tensor forward(torch::Tensor x) { return l(k(h(g(f(e(d(c(b(a(x)))))))))); }
  nn::Linear a{4, 4}, b{4, 4}, c{4, 4}, e{4, 4}, f{4, 4}, g{4, 4}, h{4, 4}, k{4, 4}, l{4, 4};
  nn::BatchNorm1d d{4};
};
