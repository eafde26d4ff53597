// RUN: %check torch-unregistered-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-unregistered-module %s --config='{CheckOptions: {torch-unregistered-module.IgnoreStateless: false}}' -- -DSTATELESS | FileCheck %s --check-prefixes=CHECK,STATELESS --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Tier 1: parameters or buffers are lost. Assigned in the body.
struct AssignedImpl : nn::Module {
  AssignedImpl() { fc = nn::Linear(2, 2); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered: its parameters are not trained, saved or moved{{.*}} [torch-unregistered-module]
  // CHECK: :[[@LINE-4]]:25: note: constructed here and not passed to register_module
};

// In the init list, and by a default member initializer.
struct InitImpl : nn::Module {
  explicit InitImpl(int64_t n) : listed(n, n), wrapped(nn::Linear(n, n)) {}
  Tensor forward(Tensor x) { return braced(equals(wrapped(listed(x)))); }
  nn::Linear listed;
  // CHECK: :[[@LINE-1]]:14: warning: 'listed' is never registered
  // CHECK: :[[@LINE-4]]:34: note: constructed here and not passed to register_module
  nn::Linear wrapped{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'wrapped' is never registered
  nn::Linear equals = nn::Linear(2, 2);
  // CHECK: :[[@LINE-1]]:14: warning: 'equals' is never registered
  nn::Linear braced{2, 2};
  // CHECK: :[[@LINE-1]]:14: warning: 'braced' is never registered
};

// Each kind of handle.
struct HandlesImpl : nn::Module {
  HandlesImpl() {
    pointer = std::make_shared<nn::Conv2dImpl>(1, 1, 1);
    any = nn::AnyModule(nn::Linear(2, 2));
    sequential->push_back(nn::Linear(2, 2));
    base = std::make_shared<nn::LinearImpl>(2, 2);
  }
  Tensor forward(Tensor x) { return sequential->forward(any.forward(pointer->forward(x))); }
  std::shared_ptr<nn::Conv2dImpl> pointer;
  // CHECK: :[[@LINE-1]]:35: warning: 'pointer' is never registered: its parameters are not trained
  nn::AnyModule any;
  // CHECK: :[[@LINE-1]]:17: warning: 'any' is never registered
  nn::Sequential sequential;
  // CHECK: :[[@LINE-1]]:18: warning: 'sequential' is never registered
  std::shared_ptr<nn::Module> base;
  // CHECK: :[[@LINE-1]]:31: warning: 'base' is never registered
};

// A local is registered nowhere on its way into the member.
struct LocalImpl : nn::Module {
  LocalImpl() {
    nn::Linear local(2, 2);
    fc = local;
    auto pointer = std::make_shared<nn::LinearImpl>(2, 2);
    held = nn::Linear(pointer);
  }
  Tensor forward(Tensor x) { return held(fc(x)); }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
  nn::Linear held{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'held' is never registered
};

// Built by a helper that the constructor calls.
struct HelperImpl : nn::Module {
  HelperImpl() { build(); }
  void build() { fc = nn::Linear(2, 2); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
  // CHECK: :[[@LINE-4]]:23: note: constructed here and not passed to register_module
};

// A module of the project.
struct BlockImpl : nn::Module {
  BlockImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Block);
struct OwnImpl : nn::Module {
  OwnImpl() : block(Block()) {}
  Tensor forward(Tensor x) { return block(x); }
  Block block;
  // CHECK: :[[@LINE-1]]:9: warning: 'block' is never registered: its parameters are not trained
};

// Registered somewhere, but not on this object's tree: another member is, or a container that is itself lost.
struct OtherRegisteredImpl : nn::Module {
  OtherRegisteredImpl() {
    a = register_module("a", nn::Linear(2, 2));
    b = nn::Linear(2, 2);
    nn::Sequential lost;
    c = nn::Linear(2, 2);
    lost->push_back(c);
  }
  Tensor forward(Tensor x) { return c(b(a(x))); }
  nn::Linear a{nullptr}, b{nullptr};
  // CHECK: :[[@LINE-1]]:26: warning: 'b' is never registered
  nn::Linear c{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'c' is never registered
};

// Tier 2: nothing to train, but eval() does not reach it.
struct ModeImpl : nn::Module {
  ModeImpl() : drop(0.5) {
    drop2d = nn::Dropout2d(0.5);
    norm = nn::BatchNorm1d(2);
  }
  Tensor forward(Tensor x) { return norm(drop2d(drop(x))); }
  nn::Dropout drop;
  // CHECK: :[[@LINE-1]]:15: warning: 'drop' is never registered: eval() will not turn it off
  nn::Dropout2d drop2d{nullptr};
  // CHECK: :[[@LINE-1]]:17: warning: 'drop2d' is never registered: eval() will not turn it off
  nn::BatchNorm1d norm{nullptr};
  // CHECK: :[[@LINE-1]]:19: warning: 'norm' is never registered
};

// Tier 3: stateless, on demand.
#ifdef STATELESS
struct StatelessImpl : nn::Module {
  StatelessImpl() { pool = nn::MaxPool2d(nn::MaxPool2dOptions(2)); }
  Tensor forward(Tensor x) { return pool(relu(x)); }
  nn::ReLU relu;
  // STATELESS: :[[@LINE-1]]:12: warning: 'relu' is never registered: it is missing from modules() and printing
  nn::MaxPool2d pool{nullptr};
  // STATELESS: :[[@LINE-1]]:17: warning: 'pool' is never registered: it is missing from modules() and printing
};
#endif

// A stale child: assigned once it is registered, in the constructor or later.
struct StaleImpl : nn::Module {
  StaleImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    fc = nn::Linear(2, 4);
    // CHECK: :[[@LINE-1]]:10: warning: 'fc' is assigned after it was registered: parameters(), save() and to() keep the old module
    head = register_module("head", nn::Linear(2, 2));
  }
  void widen(int64_t n) {
    head = nn::Linear(2, n);
    // CHECK: :[[@LINE-1]]:12: warning: 'head' is assigned after it was registered: parameters(), save() and to() keep the old module
  }
  Tensor forward(Tensor x) { return head(fc(x)); }
  nn::Linear fc{nullptr}, head{nullptr};
};

// What is lost stands in a base of the layer's class.
struct TableImpl : nn::Module {
  TableImpl() { table = register_parameter("table", torch::ones({2})); }
  Tensor table;
};
struct LookupImpl : TableImpl {
  Tensor forward(Tensor x) { return x * table; }
};
struct UsesLookupImpl : nn::Module {
  Tensor forward(Tensor x) { return lookup->forward(x); }
  std::shared_ptr<LookupImpl> lookup = std::make_shared<LookupImpl>();
  // CHECK: :[[@LINE-1]]:31: warning: 'lookup' is never registered: its parameters are not trained
};

// However it is spelled: named children, new, braces around a temporary.
struct SpellingsImpl : nn::Module {
  SpellingsImpl() : named({{"a", nn::Linear(2, 2)}, {"b", nn::ReLU()}}), made(new nn::SequentialImpl(nn::Linear(2, 2))) {}
  torch::Tensor forward(torch::Tensor x) { return named->forward(made->forward(listed->forward(braced(shared->forward(x))))); }
  nn::Sequential named;
  // CHECK: :[[@LINE-1]]:18: warning: 'named' is never registered
  std::shared_ptr<nn::SequentialImpl> made;
  // CHECK: :[[@LINE-1]]:39: warning: 'made' is never registered
  nn::Sequential listed{{{"a", nn::Linear(2, 2)}}};
  // CHECK: :[[@LINE-1]]:18: warning: 'listed' is never registered
  nn::Linear braced{nn::Linear(2, 2)};
  // CHECK: :[[@LINE-1]]:14: warning: 'braced' is never registered
  std::shared_ptr<nn::LinearImpl> shared{std::make_shared<nn::LinearImpl>(2, 2)};
  // CHECK: :[[@LINE-1]]:35: warning: 'shared' is never registered
};

// One constructor registers it, another forgets to.
struct TwoWaysImpl : torch::nn::Module {
  explicit TwoWaysImpl(int classes) {
    body = register_module("body", torch::nn::Linear(4, 4));
    fc = torch::nn::Linear(4, classes);
    // CHECK: :[[@LINE-1]]:10: warning: 'fc' is registered on other paths of the constructors, but not here: its parameters
    // CHECK: :[[@LINE+4]]:10: note: registered here
  }
  TwoWaysImpl(int width, int classes) {
    body = register_module("body", torch::nn::Linear(width, width));
    fc = register_module("fc", torch::nn::Linear(width, classes));
  }
  torch::Tensor forward(torch::Tensor x) { return fc(body(x)); }
  torch::nn::Linear body{nullptr}, fc{nullptr};
};
struct OneBranchImpl : torch::nn::Module {
  explicit OneBranchImpl(bool wide) {
    if (wide) {
      fc = torch::nn::Linear(4, 8);
      // CHECK: :[[@LINE-1]]:12: warning: 'fc' is registered on other paths of the constructors, but not here where 'wide' is true
    } else {
      fc = torch::nn::Linear(4, 4);
      register_module("fc", fc);
    }
  }
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
};

// Replaced by a local, in a method of the class.
struct ReplacedByLocalImpl : torch::nn::Module {
  ReplacedByLocalImpl() : head(register_module("head", torch::nn::Linear(4, 4))) {}
  void widen(int64_t classes) {
    torch::nn::Linear fresh(4, classes);
    torch::nn::init::zeros_(fresh->bias);
    head = fresh;
    // CHECK: :[[@LINE-1]]:12: warning: 'head' is assigned after it was registered
  }
  torch::Tensor forward(torch::Tensor x) { return head(x); }
  torch::nn::Linear head;
};

// Replaced by what a function makes.
static torch::nn::Linear makeHead(int64_t classes) {
  torch::nn::Linear made(4, classes);
  torch::nn::init::zeros_(made->bias);
  return made;
}
struct ReplacedByMadeImpl : torch::nn::Module {
  ReplacedByMadeImpl() : head(register_module("head", torch::nn::Linear(4, 4))) {}
  void widen(int64_t classes) { head = makeHead(classes); }
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'head' is assigned after it was registered
  torch::Tensor forward(torch::Tensor x) { return head(x); }
  torch::nn::Linear head;
};

// Registered under a flag, run in any case, or under another one.
struct RunAnywayImpl : torch::nn::Module {
  RunAnywayImpl(int64_t in, int64_t out)
      : skips(in != out), skip(torch::nn::Conv2dOptions(in, out, 1)) {
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'skip' is registered on other paths of the constructors, but not here where 'skips' is false
    if (skips)
      register_module("skip", skip);
  }
  torch::Tensor forward(torch::Tensor x) { return skip(x); }
  bool skips;
  torch::nn::Conv2d skip;
};
struct RunUnderAnotherImpl : torch::nn::Module {
  RunUnderAnotherImpl(bool skips, bool deep)
      : skips(skips), deep(deep), skip(torch::nn::Conv2dOptions(4, 4, 1)) {
    // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'skip' is registered on other paths of the constructors, but not here where 'skips' is false
    if (skips)
      register_module("skip", skip);
  }
  torch::Tensor forward(torch::Tensor x) { return deep ? skip(x) : x; }
  bool skips, deep;
  torch::nn::Conv2d skip;
};
// What takes any module cannot reach the members.
void initElsewhere(nn::Module &module);
struct HandedOutAsModuleImpl : nn::Module {
  HandedOutAsModuleImpl() : fc(2, 2) { initElsewhere(*this); }
  Tensor forward(Tensor x) { return fc(x); }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: warning: 'fc' is never registered
  nn::Linear fc;
};

// A helper in view that is handed the address and does not register, and a list that is only run.
inline void initialise(nn::Linear *layer) { nn::init::zeros_((*layer)->weight); }
struct AddressedImpl : nn::Module {
  AddressedImpl() {
    initialise(&fc);
    for (auto layer : {run})
      layer->weight.requires_grad_(false);
  }
  Tensor forward(Tensor x) { return run(fc(x)); }
  nn::Linear fc{2, 2};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
  nn::Linear run{2, 2};
  // CHECK: :[[@LINE-1]]:14: warning: 'run' is never registered
};

// Moved by hand, but neither saved nor trained; saved, but not moved; the mode of another is handed on.
struct HalfKeptImpl : nn::Module {
  HalfKeptImpl() { dropped = register_module("dropped", nn::Dropout(0.5)); }
  Tensor forward(Tensor x) { return off(saved(moved(dropped(x)))); }
  void to_device(torch::Device device) { moved->to(device); }
  void save_to(const std::string &file) { torch::save(saved, file); }
  void train(bool on = true) override {
    nn::Module::train(on);
    dropped->train(on);
  }
  nn::Linear moved{4, 4};
  // CHECK: :[[@LINE-1]]:14: warning: 'moved' is never registered
  nn::Linear saved{4, 4};
  // CHECK: :[[@LINE-1]]:14: warning: 'saved' is never registered
  nn::Dropout off{0.5};
  // CHECK: :[[@LINE-1]]:15: warning: 'off' is never registered: eval() will not turn it off
  nn::Dropout dropped{nullptr};
};
