// RUN: %check torch-null-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <optional>

namespace nn = torch::nn;
using torch::Tensor;

// The documented idiom: an empty holder as initializer, a registered module in the body.
struct IdiomImpl : nn::Module {
  IdiomImpl(int64_t in, int64_t out) {
    fc1 = register_module("fc1", nn::Linear(in, 64));
    fc2 = register_module("fc2", nn::Linear(64, out));
  }
  Tensor forward(Tensor x) { return fc2->forward(torch::relu(fc1(x))); }
  nn::Linear fc1{nullptr}, fc2 = nullptr;
};

// Look-alike: assigned in the init list, over the default member initializer.
struct InitListImpl : nn::Module {
  explicit InitListImpl(int64_t n) : fc(register_module("fc", nn::Linear(n, n))), drop(0.5) {
    register_module("drop", drop);
  }
  Tensor forward(Tensor x) { return drop(fc(x)); }
  nn::Linear fc{nullptr};
  nn::Dropout drop{nullptr};
};

// Look-alike: assigned twice; the first assignment is null.
struct TwiceImpl : nn::Module {
  explicit TwiceImpl(bool big) {
    fc = nullptr;
    fc = nn::Linear(2, 2);
    if (big)
      fc = nn::Linear(2, 64);
    register_module("fc", fc);
  }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};

// Look-alike: the holder is given a shared_ptr to the implementation.
struct SharedImpl : nn::Module {
  SharedImpl() {
    fc = std::make_shared<nn::LinearImpl>(2, 2);
    register_module("fc", fc);
    pointer = register_module("pointer", std::make_shared<nn::LinearImpl>(nn::LinearOptions(2, 2)));
    reset.reset(new nn::LinearImpl(2, 2));
    register_module("reset_", reset);
  }
  Tensor forward(Tensor x) { return reset->forward(pointer->forward(fc->forward(x))); }
  nn::Linear fc{nullptr};
  std::shared_ptr<nn::LinearImpl> pointer, reset;
};

// Look-alike: the value comes from replace_module.
struct ReplaceImpl : nn::Module {
  ReplaceImpl() {
    register_module("fc", nn::Linear(2, 2));
    fc = replace_module("fc", nn::Linear(2, 4));
  }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};

// Look-alike: assigned in both branches, and by ?: with both arms non-null.
struct BranchesImpl : nn::Module {
  BranchesImpl(bool wide, int depth) {
    if (wide)
      fc = register_module("fc", nn::Linear(64, 2));
    else
      fc = register_module("fc", nn::Linear(8, 2));
    if (depth > 2) {
      head = nn::Linear(2, 3);
    } else if (depth > 1) {
      head = nn::Linear(2, 4);
    } else {
      head = nn::Linear(2, 5);
    }
    register_module("head", head);
    tail = register_module("tail", wide ? nn::Linear(2, 8) : nn::Linear(2, 4));
  }
  Tensor forward(Tensor x) { return tail->forward(head->forward(fc->forward(x))); }
  nn::Linear fc{nullptr}, head{nullptr}, tail{nullptr};
};

// Look-alike: a helper takes the member by reference; one in view, one in another file, a lambda.
static void make(nn::Linear &layer, int64_t n) { layer = nn::Linear(n, n); }
void makeElsewhere(nn::Linear &layer);
void makeElsewhere(nn::Linear *layer);
struct ByReferenceImpl : nn::Module {
  ByReferenceImpl() {
    make(a, 2);
    makeElsewhere(b);
    makeElsewhere(&c);
    auto fill = [](nn::Linear &layer) { layer = nn::Linear(2, 2); };
    fill(d);
    auto build = [this] { e = register_module("e", nn::Linear(2, 2)); };
    build();
    register_module("a", a);
  }
  Tensor forward(Tensor x) { return a(b(c(d(e->forward(x))))); }
  nn::Linear a{nullptr}, b{nullptr}, c{nullptr}, d{nullptr}, e{nullptr};
};

// Look-alike: a null path that never reaches the end: throw, TORCH_CHECK, AT_ERROR, abort.
struct ThrowImpl : nn::Module {
  explicit ThrowImpl(const std::string &kind, int64_t n) {
    if (n < 0)
      throw std::invalid_argument("n");
    TORCH_CHECK(n != 0, "n is zero");
    if (kind == "a")
      fc = register_module("fc", nn::Linear(n, 2));
    else if (kind == "b")
      fc = register_module("fc", nn::Linear(n, 4));
    else
      TORCH_CHECK(false, "unknown kind ", kind);
    if (kind == "a")
      head = register_module("head", nn::Linear(2, 2));
    else
      AT_ERROR("unknown kind ", kind);
    if (n == 7)
      std::abort();
    else
      tail = register_module("tail", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return tail->forward(head->forward(fc->forward(x))); }
  nn::Linear fc{nullptr}, head{nullptr}, tail{nullptr};
};

// Look-alike: the exception is passed on, so that no object is left with a null member.
struct RethrowImpl : nn::Module {
  RethrowImpl() {
    try {
      fc = register_module("fc", nn::Linear(2, 2));
    } catch (const std::exception &) {
      std::cerr << "no layer\n";
      throw;
    }
  }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};

// Look-alike: assigned inside a loop.
struct LoopImpl : nn::Module {
  explicit LoopImpl(const std::vector<int64_t> &sizes) {
    for (size_t i = 0; i < sizes.size(); ++i) {
      last = nn::Linear(sizes[i], 2);
      register_module("fc" + std::to_string(i), last);
    }
    for (auto size : sizes)
      first = first.is_empty() ? register_module("first", nn::Linear(size, 2)) : first;
    do
      again = nn::Linear(2, 2);
    while (!again);
    register_module("again", again);
  }
  Tensor forward(Tensor x) { return again->forward(first->forward(last->forward(x))); }
  nn::Linear last{nullptr}, first{nullptr}, again{nullptr};
};

// Look-alike: through a comma expression, and chained.
struct CommaImpl : nn::Module {
  CommaImpl() {
    a = nn::Linear(2, 2), b = nn::Linear(2, 2);
    register_module("a", a), register_module("b", b);
    c = d = nn::Linear(2, 2);
    (void)register_module("c", c);
  }
  Tensor forward(Tensor x) { return a(b(c(d(x)))); }
  nn::Linear a{nullptr}, b{nullptr}, c{nullptr}, d{nullptr};
};

// Look-alike: a switch over all enumerators, and one whose default throws.
enum class Kind { Linear, Wide };
struct SwitchImpl : nn::Module {
  SwitchImpl(Kind kind, int depth) {
    switch (kind) {
    case Kind::Linear:
      fc = register_module("fc", nn::Linear(2, 2));
      break;
    case Kind::Wide:
      fc = register_module("fc", nn::Linear(64, 2));
      break;
    }
    switch (depth) {
    case 18:
    case 34:
      head = register_module("head", nn::Linear(512, 2));
      break;
    case 50:
      head = register_module("head", nn::Linear(2048, 2));
      break;
    default:
      throw std::invalid_argument("depth");
    }
  }
  Tensor forward(Tensor x) { return head->forward(fc->forward(x)); }
  nn::Linear fc{nullptr}, head{nullptr};
};

// Look-alike: a delegating constructor leaves the work to another one.
struct DelegatingImpl : nn::Module {
  explicit DelegatingImpl(nn::LinearOptions options) {
    fc = register_module("fc", nn::Linear(options));
  }
  DelegatingImpl(int64_t in, int64_t out) : DelegatingImpl(nn::LinearOptions(in, out)) {}
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};

// Look-alike: the member of the base is assigned by the base's constructor, or by the derived one.
struct BaseImpl : nn::Module {
  explicit BaseImpl(int64_t n) { fc = register_module("fc", nn::Linear(n, n)); }
  nn::Linear fc{nullptr};
};
struct DerivedImpl : BaseImpl {
  DerivedImpl() : BaseImpl(2) {}
  Tensor forward(Tensor x) { return fc->forward(x); }
};
class AbstractImpl : public nn::Module {
protected:
  AbstractImpl() = default;
  virtual Tensor forward(Tensor x) { return stem->forward(x); }
  nn::Linear stem{nullptr};
};
struct ConcreteImpl : AbstractImpl {
  ConcreteImpl() { stem = register_module("stem", nn::Linear(2, 2)); }
};

// Look-alike: reset(), or a setup function, that the constructor calls.
struct ResetImpl : nn::Cloneable<ResetImpl> {
  explicit ResetImpl(int64_t n) : n_(n) { reset(); }
  void reset() override {
    fc = register_module("fc", nn::Linear(n_, n_));
    setup();
  }
  void setup() { head = register_module("head", nn::Linear(n_, 2)); }
  Tensor forward(Tensor x) { return head->forward(fc->forward(x)); }
  int64_t n_;
  nn::Linear fc{nullptr}, head{nullptr};
};

// Look-alike: a constructor, or a helper of the class, that is defined in another file is unknown, not wrong.
struct ElsewhereImpl : nn::Module {
  explicit ElsewhereImpl(int64_t n);
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};
struct HelperElsewhereImpl : nn::Module {
  HelperElsewhereImpl() { setup(); }
  void setup();
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};

// Look-alike: an empty default constructor beside another one exists so that the holder can be declared.
struct EmptyDefaultImpl : nn::Module {
  EmptyDefaultImpl() {}
  explicit EmptyDefaultImpl(int64_t n) { fc = register_module("fc", nn::Linear(n, n)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};
struct DefaultedImpl : nn::Module {
  DefaultedImpl() = default;
  explicit DefaultedImpl(int64_t n) : fc(register_module("fc", nn::Linear(n, n))) {}
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};

// Look-alike: never null, since the initializer or the holder's default constructor makes a module.
struct DefaultsImpl : nn::Module {
  DefaultsImpl() {
    register_module("fc", fc);
    register_module("braced", braced);
    register_module("blocks", blocks);
  }
  Tensor forward(Tensor x) { return blocks->forward(relu(braced(fc(x)))); }
  nn::Linear fc = nn::Linear(2, 2);
  nn::Linear braced{nn::LinearOptions(2, 2).bias(false)};
  nn::Sequential blocks;
  nn::ReLU relu;
};

// Look-alike: built by somebody else and handed in.
struct HandedInImpl : nn::Module {
  HandedInImpl(nn::Linear layer, std::shared_ptr<nn::LinearImpl> pointer, nn::AnyModule any)
      : layer_(std::move(layer)), pointer_(pointer), any_(any) {
    register_module("layer", layer_);
  }
  Tensor forward(Tensor x) { return any_.forward(pointer_->forward(layer_->forward(x))); }
  nn::Linear layer_{nullptr};
  std::shared_ptr<nn::LinearImpl> pointer_;
  nn::AnyModule any_;
};

// Look-alike: several at once, by std::tie and std::swap.
std::tuple<nn::Linear, nn::Linear> pairOfLayers();
struct TieImpl : nn::Module {
  TieImpl() {
    std::tie(a, b) = pairOfLayers();
    nn::Linear local(2, 2);
    std::swap(c, local);
  }
  Tensor forward(Tensor x) { return c(b(a(x))); }
  nn::Linear a{nullptr}, b{nullptr}, c{nullptr};
};

// Look-alike: members of a class that is no Module.
struct Trainer {
  explicit Trainer(bool on) {
    if (on)
      model = nn::Linear(2, 2);
  }
  Tensor step(Tensor x) { return model->forward(x); }
  nn::Linear model{nullptr};
};

// Look-alike: locals and parameters.
Tensor run(nn::Linear given, bool on, Tensor x) {
  nn::Linear local{nullptr};
  if (on)
    local = nn::Linear(2, 2);
  return local->forward(given->forward(x));
}

// Look-alike: a TorchScript module is no nn::Module, nor is a pointer to the parent a child.
struct ScriptImpl : nn::Module {
  explicit ScriptImpl(bool on) {
    if (on)
      script = std::make_shared<torch::jit::Module>();
  }
  Tensor forward(Tensor x) { return script->forward({x}).toTensor(); }
  std::shared_ptr<torch::jit::Module> script;
  torch::jit::Module scripted;
  nn::Module *parent = nullptr;
};

// Look-alike: the paths on which it is null are not those on which the constructor uses it.
struct CopyImpl : nn::Module {
  explicit CopyImpl(int64_t n) : fc(register_module("fc", nn::Linear(n, n))) {}
  CopyImpl(const CopyImpl &other) = default;
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};

// Look-alike: elements that are filled on every path, by if and else, or by a helper that is handed
// the struct.
struct FullElementsImpl : nn::Module {
  struct Layer {
    nn::Linear fc{nullptr};
    nn::AnyModule norm;
    nn::Dropout drop{nullptr};
  };
  explicit FullElementsImpl(bool layer_norm) {
    for (int i = 0; i < 3; ++i) {
      Layer layer;
      layer.fc = register_module("fc" + std::to_string(i), nn::Linear(4, 4));
      if (layer_norm)
        layer.norm = nn::AnyModule(nn::LayerNorm(nn::LayerNormOptions({4})));
      else
        layer.norm = nn::AnyModule(nn::Identity());
      addDropout(layer, i);
      layers.push_back(layer);
    }
  }
  void addDropout(Layer &layer, int i) {
    layer.drop = register_module("drop" + std::to_string(i), nn::Dropout());
  }
  Tensor forward(Tensor x) {
    for (auto &layer : layers)
      x = layer.drop(layer.norm.forward(layer.fc(x)));
    return x;
  }
  std::vector<Layer> layers;
};

// Look-alike: one path hands an element over without its norm, and each use asks.
struct ElementsImpl : nn::Module {
  ElementsImpl(int64_t n, bool norm) {
    for (int64_t i = 0; i < n; ++i) {
      auto layer = Layer{nn::Linear(4, 4), nullptr};
      register_module("fc" + std::to_string(i), layer.fc);
      if (norm) {
        layer.norm = nn::LayerNorm(nn::LayerNormOptions({4}));
        register_module("norm" + std::to_string(i), layer.norm);
      }
      layers.push_back(std::move(layer));
    }
  }
  Tensor forward(Tensor x) {
    for (auto &layer : layers) {
      x = layer.fc(x);
      if (!layer.norm.is_empty())
        x = layer.norm(x);
    }
    return x;
  }
  struct Layer {
    nn::Linear fc;
    nn::LayerNorm norm = nullptr;
  };
  std::vector<Layer> layers;
};

// Look-alike: the null-for-no-op pattern, tested at each use (torch-optional-module).
struct GuardedImpl : nn::Module {
  explicit GuardedImpl(bool use_norm) : use_norm_(use_norm) {
    if (use_norm) {
      norm = register_module("norm", nn::BatchNorm1d(2));
      skip = register_module("skip", nn::Sequential(nn::Linear(2, 2)));
    }
  }
  Tensor forward(Tensor x) {
    if (use_norm_)
      x = norm->forward(x);
    return skip.is_empty() ? x : x + skip->forward(x);
  }
  bool use_norm_;
  nn::BatchNorm1d norm{nullptr};
  nn::Sequential skip{nullptr};
};

// Look-alike: no constructor gives it a module, and nothing uses it (torch-advice-dead-module).
struct DeadImpl : nn::Module {
  DeadImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr}, old{nullptr};
};

// Look-alike: one condition decides about both, and the test of one tells about the other.
struct ComplementImpl : nn::Module {
  explicit ComplementImpl(int64_t rank) {
    if (rank > 0)
      low = register_module("low", nn::Linear(2, 2));
    else
      full = register_module("full", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return full ? full->forward(x) : low->forward(x); }
  Tensor weight() {
    if (!low.is_empty())
      return low->weight;
    return full->weight;
  }
  nn::Linear low{nullptr}, full{nullptr};
};
struct TogetherImpl : nn::Module {
  TogetherImpl(int64_t in, int64_t mid) {
    if (in != mid) {
      grow = register_module("grow", nn::Linear(in, mid));
      norm = register_module("norm", nn::BatchNorm1d(mid));
      drop = register_module("drop", nn::Dropout());
    }
  }
  Tensor forward(Tensor x) {
    if (grow)
      x = finish(norm->forward(grow->forward(x)));
    return x;
  }
  Tensor finish(Tensor x) { return drop->forward(x); }
  nn::Linear grow{nullptr};
  nn::BatchNorm1d norm{nullptr};
  nn::Dropout drop{nullptr};
};

// Look-alike: constructor and uses ask one predicate of the class, an enumerator, a name.
enum class Mode { Plain, Gated, Shared };
struct PredicateImpl : nn::Module {
  PredicateImpl(int64_t parts, Mode mode, const std::string &kind)
      : parts_(parts), mode_(mode), kind_(kind) {
    if (is_split())
      part = register_module("part", nn::Linear(2, 2));
    if (mode == Mode::Gated)
      gate = register_module("gate", nn::Linear(2, 2));
    if (kind == "deep")
      deep = register_module("deep", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) {
    if (is_split())
      x = part->forward(x);
    if (mode_ == Mode::Gated)
      x = gate->forward(x);
    return kind_ == "deep" ? deep->forward(x) : x;
  }
  bool is_split() const { return parts_ > 1; }
  const int64_t parts_;
  const Mode mode_;
  const std::string kind_;
  nn::Linear part{nullptr}, gate{nullptr}, deep{nullptr};
};

// Look-alike: a chain of ifs over every enumerator leaves none.
struct EveryImpl : nn::Module {
  explicit EveryImpl(Mode mode) {
    if (mode == Mode::Plain)
      fc = register_module("fc", nn::Linear(2, 2));
    else if (mode == Mode::Gated)
      fc = register_module("fc", nn::Linear(2, 4));
    else if (Mode::Shared == mode)
      fc = register_module("fc", nn::Linear(2, 8));
    if (mode == Mode::Plain)
      head = register_module("head", nn::Linear(2, 2));
    if (mode != Mode::Plain)
      head = register_module("head", nn::Linear(4, 2));
  }
  Tensor forward(Tensor x) { return head->forward(fc->forward(x)); }
  nn::Linear fc{nullptr}, head{nullptr};
};

// Look-alike: the open end of a chain over names that no construction takes.
struct OpenEndImpl : nn::Module {
  OpenEndImpl(const std::string &kind, Mode mode) {
    if (kind == "a")
      fc = register_module("fc", nn::Linear(2, 2));
    else if (kind == "b")
      fc = register_module("fc", nn::Linear(2, 4));
    switch (mode) {
    case Mode::Plain:
      head = register_module("head", nn::Linear(2, 2));
      break;
    case Mode::Gated:
      head = register_module("head", nn::Linear(4, 2));
    }
  }
  Tensor forward(Tensor x) { return head->forward(fc->forward(x)); }
  nn::Linear fc{nullptr}, head{nullptr};
};
TORCH_MODULE(OpenEnd);
OpenEnd taken("a", Mode::Plain);

// Look-alike: no construction in view takes the path that leaves it null.
struct AlwaysOnImpl : nn::Module {
  AlwaysOnImpl(int64_t in, int64_t out, bool on = true) {
    if (on)
      fc = register_module("fc", nn::Linear(in, out));
    if (in != out)
      proj = register_module("proj", nn::Linear(in, out));
  }
  Tensor forward(Tensor x) { return fc->forward(x) + proj->forward(x); }
  nn::Linear fc{nullptr}, proj{nullptr};
};
TORCH_MODULE(AlwaysOn);
AlwaysOn on(2, 4), alsoOn(4, 8, true);

// Look-alike: the path ends in a temporary whose destructor does not return (LOG(FATAL)).
struct Die {
  std::ostream &stream() { return std::cerr; }
  [[noreturn]] ~Die() { std::abort(); }
};
struct FatalImpl : nn::Module {
  explicit FatalImpl(const std::string &kind) {
    if (kind == "a")
      fc = register_module("fc", nn::Linear(2, 2));
    else
      Die().stream() << "unknown kind " << kind;
  }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};

// Look-alike: a parameter that shadows the member.
struct ShadowImpl : nn::Module {
  explicit ShadowImpl(nn::Linear fc, bool head) : fc(fc), head(nullptr) {
    register_module("fc", fc);
    this->head = register_module("head", nn::Linear(2, head ? 2 : 4));
  }
  Tensor forward(Tensor x) { return head->forward(fc->forward(x)); }
  nn::Linear fc, head;
};

// Look-alike: a cast of a clone to its own class or a base, one that is tested, one whose outcome is not in view.
struct StackImpl : nn::SequentialImpl {
  int64_t depth() const { return size(); }
};
TORCH_MODULE(Stack);
struct CopiedImpl : nn::Cloneable<CopiedImpl> {
  void reset() override {}
  int64_t depth() const { return 1; }
};
int64_t copies(Stack stack, CopiedImpl &copied, std::shared_ptr<nn::Module> any) {
  nn::Sequential base = std::dynamic_pointer_cast<nn::SequentialImpl>(stack->clone());
  auto same = std::dynamic_pointer_cast<CopiedImpl>(copied.clone());
  auto tested = std::dynamic_pointer_cast<StackImpl>(stack->clone());
  Stack checked = std::dynamic_pointer_cast<StackImpl>(stack->clone());
  auto unseen = std::dynamic_pointer_cast<StackImpl>(any->clone());
  auto *raw = any->as<StackImpl>();
  TORCH_CHECK(!checked.is_empty(), "no stack");
  return base->size() + same->depth() + (tested ? tested->depth() : 0) + checked->depth() +
         unseen->depth() + raw->depth();
}

// Look-alike: two ways leave it null, and the only construction in view takes neither.
struct BothImpl : nn::Module {
  BothImpl(int64_t depth, int64_t width) {
    if (depth > 1 && width > 1)
      fc = register_module("fc", nn::Linear(depth, width));
  }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
};
Tensor both(Tensor x) { return BothImpl(5, 6).forward(x); }

// Look-alike: a member template that is called elsewhere makes it.
struct MadeByTemplateImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  template <class Other> void initialize(Other &other) {
    fc = register_module("fc", torch::nn::Linear(other.fc->options.in_features(), 4));
  }

private:
  torch::nn::Linear fc{nullptr};
};

// Look-alike: a default constructor that makes none of the modules and does other things; nobody comes that way.
struct UnbuiltImpl : nn::Module {
  UnbuiltImpl() : device(torch::kCPU) { choose(); }
  UnbuiltImpl(int64_t in, int64_t out) : device(torch::kCPU), width(out) {
    conv = register_module("conv", nn::Linear(in, out));
    head = register_module("head", nn::Linear(out, 2));
    choose();
  }
  void choose() {
    if (torch::cuda::is_available())
      device = torch::kCUDA;
    to(device);
  }
  Tensor forward(Tensor x) { return head->forward(conv->forward(x)); }
  torch::Device device;
  int64_t width = 0;
  std::shared_ptr<nn::LinearImpl> conv, head;
};
TORCH_MODULE(Unbuilt);
Tensor runBuilt(Tensor x) { return Unbuilt(4, 4)->forward(x); }

// Look-alike: an empty default constructor that initialises the members which have no null; nobody comes that way.
struct HalfBuiltImpl : nn::Module {
  HalfBuiltImpl() : first(3, 3) {}
  explicit HalfBuiltImpl(int64_t classes) : first(3, 3) {
    register_module("first", first);
    last = register_module("last", nn::Linear(3, classes));
  }
  Tensor forward(Tensor x) { return last->forward(first(x)); }
  nn::Linear first, last{nullptr};
};
TORCH_MODULE(HalfBuilt);
Tensor useHalf(HalfBuilt &net, Tensor x) { return net->forward(x); }

// Look-alikes of questions that no module answers with yes: modules by their classes, a holder of one's own that is a module.
struct Both : nn::Module, nn::ModuleHolder<nn::LinearImpl> {
  using nn::ModuleHolder<nn::LinearImpl>::ModuleHolder;
};
template <typename Layer> bool isLayer(nn::Module &module) { return dynamic_cast<Layer *>(&module) != nullptr; }
void ask(nn::Module &net, nn::Linear layer) {
  for (const auto &each : net.modules(false)) {
    if (auto *linear = dynamic_cast<nn::LinearImpl *>(each.get()))
      nn::init::zeros_(linear->bias);
    if (auto conv = std::dynamic_pointer_cast<nn::Conv2dImpl>(each))
      nn::init::zeros_(conv->bias);
    if (auto *linear = each->as<nn::Linear>()) // knows holders
      nn::init::zeros_(linear->bias);
    const nn::Module &module = *each;
    if (typeid(module) == typeid(nn::EmbeddingImpl) || isLayer<nn::ReLUImpl>(*each) || dynamic_cast<Both *>(each.get()))
      std::abort();
  }
  if (typeid(layer) == typeid(nn::Linear))
    std::abort();
}
// Who asks for both gets the answer.
void askBoth(nn::Module &m, const std::shared_ptr<nn::Module> &shared) {
  if ((typeid(m) == typeid(nn::Conv2d)) || (typeid(m) == typeid(nn::Conv2dImpl)))
    std::abort();
  else if (typeid(m) == typeid(nn::Linear) || m.as<nn::Linear>())
    std::abort();
  if (std::dynamic_pointer_cast<nn::ReLU>(shared) || std::dynamic_pointer_cast<nn::ReLUImpl>(shared))
    std::abort();
  m.apply([](nn::Module &each) {
    if (typeid(each) == typeid(nn::BatchNorm2d) || typeid(each) == typeid(nn::BatchNorm2dImpl))
      std::abort();
  });
}

// Look-alike: the other paths throw, in a function that says so only by what it does.
inline void failWith(const std::string &what) { throw std::invalid_argument(what); }
inline void requireThat(bool ok, const char *what) {
  if (!ok)
    throw std::invalid_argument(what);
}
struct RequiredImpl : nn::Module {
  RequiredImpl(int depth, int n) {
    switch (depth) {
    case 18:
      fc = register_module("fc", nn::Linear(4, 4));
      break;
    case 34:
      fc = register_module("fc", nn::Linear(4, 8));
      break;
    default:
      failWith("depth");
    }
    if (n > 0)
      body = register_module("body", nn::Linear(4, 4));
    requireThat(!body.is_empty(), "n must be positive");
  }
  Tensor forward(Tensor x) { return fc->forward(body->forward(x)); }
  nn::Linear fc{nullptr}, body{nullptr};
};

// Look-alike: only who has the member is given the argument.
struct ConditionalImpl : nn::Module {
  explicit ConditionalImpl(int64_t classes) {
    body = register_module("body", nn::Linear(4, 4));
    if (classes > 0) {
      embedding = register_module("embedding", nn::Linear(classes, 4));
      extra = register_module("extra", nn::Linear(classes, 4));
    }
  }
  Tensor forward(Tensor x, Tensor y = {}, std::optional<Tensor> z = std::nullopt) {
    x = body->forward(x);
    if (y.defined())
      x = x + embedding->forward(y);
    if (z)
      x = x + extra->forward(*z);
    return x;
  }
  nn::Linear body{nullptr}, embedding{nullptr}, extra{nullptr};
};

// Look-alike: filled through pointers, references and wrappers of them.
struct ThroughPointersImpl : nn::Module {
  ThroughPointersImpl() {
    int i = 0;
    for (auto *layer : {&a, &b})
      *layer = register_module("fc" + std::to_string(i++), nn::Linear(4, 4));
    std::vector<std::pair<std::string, nn::Linear *>> slots{{"c", &c}, {"d", &d}};
    for (auto &[name, slot] : slots)
      *slot = register_module(name, nn::Linear(4, 4));
    for (std::string name : {"e", "f"})
      at(name) = register_module(name, nn::Linear(4, 4));
    std::array<std::reference_wrapper<nn::Linear>, 1> wrapped{g};
    wrapped[0].get() = register_module("g", nn::Linear(4, 4));
    std::apply([&](auto &...each) { ((each = register_module("m" + std::to_string(i++), nn::Linear(4, 4))), ...); },
               std::tie(h, k));
  }
  nn::Linear &at(const std::string &name) { return name == "e" ? e : f; }
  Tensor forward(Tensor x) {
    x = d->forward(c->forward(b->forward(a->forward(x))));
    return k->forward(h->forward(g->forward(f->forward(e->forward(x)))));
  }
  nn::Linear a{nullptr}, b{nullptr}, c{nullptr}, d{nullptr}, e{nullptr}, f{nullptr}, g{nullptr}, h{nullptr}, k{nullptr};
};
