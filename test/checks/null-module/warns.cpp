// RUN: %check torch-null-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <optional>

namespace nn = torch::nn;
using torch::Tensor;

// One path leaves the holder null and forward dereferences it untested.
struct SkipImpl : nn::Module {
  SkipImpl(int64_t in, int64_t out) {
    conv = register_module("conv", nn::Linear(in, out));
    if (in != out)
      skip = register_module("skip", nn::Linear(in, out));
  }
  Tensor forward(Tensor x) {
    Tensor y = conv(x);
    return y + skip->forward(x);
  }
  nn::Linear conv{nullptr}, skip{nullptr};
  // CHECK: :[[@LINE-1]]:29: warning: 'skip' is null on some constructor path and dereferenced without a guard{{.*}} [torch-null-module]
  // CHECK: :[[@LINE-11]]:3: note: 'skip' stays null when {{.*}}in != out
  // CHECK: :[[@LINE-5]]:16: note: dereferenced here
};

// The holder's own operator() crashes without even a message.
struct CallImpl : nn::Module {
  explicit CallImpl(bool on) {
    if (on)
      fc = register_module("fc", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is null on some constructor path and dereferenced without a guard
  // CHECK: :[[@LINE-3]]:37: note: dereferenced here
};

// shared_ptr to the implementation, AnyModule, optional.
struct OtherHandlesImpl : nn::Module {
  explicit OtherHandlesImpl(bool on) {
    if (on) {
      pointer = register_module("pointer", std::make_shared<nn::LinearImpl>(2, 2));
      any = nn::AnyModule(nn::Linear(2, 2));
      register_module("any", any.ptr());
      maybe = register_module("maybe", nn::Linear(2, 2));
    }
  }
  Tensor forward(Tensor x) { return pointer->forward(any.forward((*maybe)->forward(x))); }
  std::shared_ptr<nn::LinearImpl> pointer;
  // CHECK: :[[@LINE-1]]:35: warning: 'pointer' is null on some constructor path and dereferenced without a guard
  nn::AnyModule any;
  // CHECK: :[[@LINE-1]]:17: warning: 'any' is null on some constructor path and dereferenced without a guard
  std::optional<nn::Linear> maybe;
  // CHECK: :[[@LINE-1]]:29: warning: 'maybe' is null on some constructor path and dereferenced without a guard
};

// One arm of ?: is null.
struct ChoiceImpl : nn::Module {
  explicit ChoiceImpl(bool on) : fc(on ? nn::Linear(2, 2) : nn::Linear(nullptr)) {
    if (on)
      register_module("fc", fc);
  }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc;
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is null on some constructor path and dereferenced without a guard
};

// A switch that misses an enumerator; an early return.
enum class Kind { Linear, Conv, None };
struct SwitchImpl : nn::Module {
  SwitchImpl(Kind kind, bool light) {
    switch (kind) {
    case Kind::Linear:
      head = register_module("head", nn::Linear(2, 2));
      break;
    case Kind::Conv:
      head = register_module("head", nn::Linear(3, 2));
      break;
    case Kind::None:
      break;
    }
    if (light)
      return;
    late = register_module("late", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return late->forward(head->forward(x)); }
  nn::Linear head{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'head' is null on some constructor path and dereferenced without a guard
  // CHECK: :[[@LINE-18]]:3: note: 'head' stays null
  nn::Linear late{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'late' is null on some constructor path and dereferenced without a guard
  // CHECK: :[[@LINE-21]]:3: note: 'late' stays null when {{.*}}light
};

// A helper that the constructor calls on this object assigns on one path only.
struct HelperImpl : nn::Module {
  explicit HelperImpl(int64_t width) { build(width); }
  void build(int64_t width) {
    if (width > 8)
      wide = register_module("wide", nn::Linear(width, 2));
  }
  Tensor forward(Tensor x) { return wide->forward(x); }
  nn::Linear wide{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'wide' is null on some constructor path and dereferenced without a guard
};

// Tested at one use, not at the other: no tier 2.
struct HalfGuardedImpl : nn::Module {
  explicit HalfGuardedImpl(bool on) {
    if (on)
      fc = register_module("fc", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return fc ? fc->forward(x) : x; }
  Tensor predict(Tensor x) { return fc->forward(x).argmax(1); }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is null on some constructor path and dereferenced without a guard
  // CHECK: :[[@LINE-3]]:37: note: dereferenced here
};

// The wrong member is tested.
struct WrongGuardImpl : nn::Module {
  explicit WrongGuardImpl(bool a_on, bool b_on) {
    a = register_module("a", nn::Linear(2, 2));
    if (b_on)
      b = register_module("b", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return a ? b->forward(x) : x; }
  nn::Linear a{nullptr};
  nn::Linear b{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'b' is null on some constructor path and dereferenced without a guard
};

// No constructor gives it a module.
struct NeverImpl : nn::Module {
  NeverImpl() { fc1 = register_module("fc1", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc2->forward(fc1->forward(x)); }
  nn::Linear fc1{nullptr};
  nn::Linear fc2{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc2' is null on some constructor path
  // CHECK: note: 'fc2' stays null on every path
};

// A default constructor that does something is a path like any other.
struct BusyDefaultImpl : nn::Module {
  BusyDefaultImpl() { other = register_module("other", nn::Linear(2, 2)); }
  explicit BusyDefaultImpl(int64_t n) {
    other = register_module("other", nn::Linear(n, n));
    fc = register_module("fc", nn::Linear(n, n));
  }
  Tensor forward(Tensor x) { return fc->forward(other->forward(x)); }
  nn::Linear other{nullptr};
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is null on some constructor path and dereferenced without a guard
};

// Two constructors decide on different conditions.
struct TwoImpl : nn::Module {
  TwoImpl(int64_t in, int64_t out) : same_(in == out) {
    if (in != out)
      proj = register_module("proj", nn::Linear(in, out));
  }
  TwoImpl(int64_t in, int64_t out, bool with_proj) : same_(in == out) {
    if (with_proj)
      proj = register_module("proj", nn::Linear(in, out));
  }
  Tensor forward(Tensor x) { return same_ ? x : proj->forward(x); }
  bool same_;
  nn::Linear proj{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: constructors leave 'proj' null under different conditions
  // CHECK: :[[@LINE-12]]:3: note: 'proj' stays null when {{.*}}in != out
  // CHECK: :[[@LINE-9]]:3: note: 'proj' stays null when {{.*}}with_proj
};

// The question is put to the module behind the holder, which throws when there is none.
struct AskImpl : nn::Module {
  explicit AskImpl(bool down) {
    if (down)
      shortcut = register_module("shortcut", nn::Sequential(nn::Linear(2, 2)));
  }
  Tensor forward(Tensor x) {
    if (!shortcut->is_empty())
      x = shortcut->forward(x);
    return x;
  }
  nn::Sequential shortcut{nullptr};
  // CHECK: :[[@LINE-5]]:10: warning: '->is_empty()' asks the module behind 'shortcut'
  // CHECK: :[[@LINE-2]]:18: warning: 'shortcut' is null on some constructor path
};

// Registering nothing: a holder throws at once, so that no object is left with it null.
struct RegistersHolderImpl : nn::Module {
  explicit RegistersHolderImpl(bool on) {
    if (on)
      holder = nn::Linear(2, 2);
    register_module("holder", holder);
    // CHECK: :[[@LINE-1]]:5: warning: registers a module that is null on this path: register_module throws
  }
  Tensor forward(Tensor x) { return holder->forward(x); }
  nn::Linear holder{nullptr};
};

// A shared_ptr is taken as it is and crashes later.
struct RegistersPointerImpl : nn::Module {
  explicit RegistersPointerImpl(bool on) {
    if (on)
      pointer = std::make_shared<nn::LinearImpl>(2, 2);
    register_module("pointer", pointer);
    // CHECK: :[[@LINE-1]]:5: warning: registers a module that is null on this path: parameters(), to() and save() will crash
  }
  Tensor forward(Tensor x) { return pointer ? pointer->forward(x) : x; }
  std::shared_ptr<nn::LinearImpl> pointer;
};

// Structs of modules that a container member holds, made by a lambda and used without a test.
struct MadeByLambdaImpl : nn::Module {
  explicit MadeByLambdaImpl(bool recurrent) {
    auto make = [&](const std::string &name) {
      Critic critic;
      critic.head = register_module(name, nn::Linear(4, 1));
      if (recurrent)
        critic.cell = register_module(name + "_cell", nn::GRUCell(4, 4));
      return critic;
    };
    critics.push_back(make("a"));
  }
  Tensor forward(Tensor x) {
    for (auto &critic : critics)
      x = critic.head(critic.cell->forward(x));
    return x;
  }
  struct Critic {
    nn::GRUCell cell = nullptr;
    // CHECK: :[[@LINE-1]]:17: warning: 'cell' is null on some constructor path and dereferenced without a guard
    // CHECK: note: dereferenced here
    nn::Linear head = nullptr;
  };
  std::vector<Critic> critics;
};

// The test of one member says nothing of another that is made under a condition of its own.
struct ApartImpl : nn::Module {
  ApartImpl(bool a_on, bool b_on) {
    if (a_on)
      a = register_module("a", nn::Linear(2, 2));
    if (b_on)
      b = register_module("b", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return a ? a->forward(x) : b->forward(x); }
  nn::Linear a{nullptr};
  nn::Linear b{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'b' is null on some constructor path and dereferenced without a guard
};

// Made together, and the test turned round.
struct TurnedImpl : nn::Module {
  explicit TurnedImpl(bool on) {
    if (on) {
      a = register_module("a", nn::Linear(2, 2));
      b = register_module("b", nn::Linear(2, 2));
    }
  }
  Tensor forward(Tensor x) { return a ? x : b->forward(x); }
  nn::Linear a{nullptr};
  nn::Linear b{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'b' is null on some constructor path and dereferenced without a guard
};

// What comes after a registration that throws is judged as well.
struct AfterThrowImpl : nn::Module {
  explicit AfterThrowImpl(bool on) {
    register_module("a", a);
    // CHECK: :[[@LINE-1]]:5: warning: registers a module that is null on this path: register_module throws
    if (on)
      b = register_module("b", nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) { return b->forward(a->forward(x)); }
  nn::Linear a{nullptr};
  nn::Linear b{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'b' is null on some constructor path and dereferenced without a guard
};

// A chain over enumerators that misses one: the open end needs a construction that takes it, and has one.
struct ChainImpl : nn::Module {
  explicit ChainImpl(Kind kind) {
    if (kind == Kind::Linear)
      head = register_module("head", nn::Linear(2, 2));
    else if (kind == Kind::Conv)
      head = register_module("head", nn::Linear(3, 2));
  }
  Tensor forward(Tensor x) { return head->forward(x); }
  nn::Linear head{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'head' is null on some constructor path and dereferenced without a guard
};
TORCH_MODULE(Chain);
Chain none(Kind::None);

// The same over strings.
struct NamedImpl : nn::Module {
  explicit NamedImpl(const std::string &kind) {
    if (kind == "linear") {
      head = register_module("head", nn::Linear(2, 2));
    } else if (kind == "wide" || kind == "wider") {
      head = register_module("head", nn::Linear(3, 2));
    }
  }
  Tensor forward(Tensor x) { return head->forward(x); }
  nn::Linear head{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'head' is null on some constructor path and dereferenced without a guard
};
auto named = std::make_shared<NamedImpl>("narrow");

// A parameter of the member's name is assigned, and the member is not.
struct ShadowImpl : nn::Module {
  explicit ShadowImpl(nn::Linear fc) { fc = register_module("fc", fc); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is null on some constructor path and dereferenced without a guard
};

// A clone is an object of the class that is Cloneable, not of the one derived from it: the cast fails.
struct StackImpl : nn::SequentialImpl {
  int64_t depth() const { return size(); }
};
TORCH_MODULE(Stack);
int64_t copies(Stack stack) {
  Stack copy = std::dynamic_pointer_cast<StackImpl>(stack->clone());
  // CHECK: :[[@LINE-1]]:9: warning: 'copy' is null: 'clone()' makes a 'SequentialImpl' here, which is no 'StackImpl', and the use without a test throws or crashes
  // CHECK: :[[@LINE+3]]:10: note: dereferenced here
  auto *raw = stack->clone()->as<StackImpl>();
  // CHECK: :[[@LINE-1]]:9: warning: 'raw' is null
  return copy->depth() + raw->depth();
}
int64_t inTwoSteps(Stack stack) {
  auto clone = stack->clone();
  auto copy = std::dynamic_pointer_cast<StackImpl>(clone);
  // CHECK: :[[@LINE-1]]:8: warning: 'copy' is null
  return copy->depth();
}

// Two conditions that differ by a negation inside are not the same one.
struct NegatedImpl : nn::Module {
  NegatedImpl(bool a, bool b) {
    if (a == b)
      fc = register_module("fc", nn::Linear(2, 2));
    if (!a == b)
      fc->reset_parameters();
  }
  Tensor forward(Tensor x) { return fc ? fc(x) : x; }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is null on some constructor path and dereferenced without a guard
  // CHECK: note: 'fc' stays null when 'a == b' is false
  // CHECK: :[[@LINE-6]]:7: note: dereferenced here
};

// A default constructor that makes none of the modules, and somebody who comes that way.
struct UnbuiltImpl : nn::Module {
  UnbuiltImpl() { to(torch::kCUDA); }
  explicit UnbuiltImpl(int64_t n) { fc = register_module("fc", nn::Linear(n, n)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is null on some constructor path and dereferenced without a guard
};
Tensor runUnbuilt(Tensor x) { return std::make_shared<UnbuiltImpl>()->forward(x); }

// The same of one that makes some of them.
struct HalfBuiltImpl : nn::Module {
  HalfBuiltImpl() : first(3, 3) {}
  explicit HalfBuiltImpl(int64_t n) : first(3, 3) { fc = register_module("fc", nn::Linear(n, n)); }
  Tensor forward(Tensor x) { return fc->forward(first(x)); }
  nn::Linear first, fc{nullptr};
  // CHECK: :[[@LINE-1]]:21: warning: 'fc' is null on some constructor path and dereferenced without a guard
};
TORCH_MODULE(HalfBuilt);
Tensor runHalfBuilt(Tensor x) {
  HalfBuilt net;
  return net->forward(x);
}

// A holder is no module: the question is always answered with no.
void initialise(nn::Module &net) {
  for (const auto &each : net.modules(false)) {
    if (auto *linear = dynamic_cast<nn::Linear *>(each.get()))
      // CHECK: :[[@LINE-1]]:24: warning: 'Linear' is a holder, which no module is: this cast gives null for every module; name 'LinearImpl' [torch-null-module]
      nn::init::zeros_((*linear)->bias);
    if (auto conv = std::dynamic_pointer_cast<nn::Conv2d>(each))
      // CHECK: :[[@LINE-1]]:21: warning: 'Conv2d' is a holder, which no module is: this cast gives null for every module
      nn::init::zeros_((*conv)->bias);
    const nn::Module &module = *each;
    if (typeid(module) == typeid(nn::Embedding))
      // CHECK: :[[@LINE-1]]:9: warning: 'Embedding' is a holder, which no module is: this comparison has one outcome for every module; name 'EmbeddingImpl'
      nn::init::zeros_(dynamic_cast<nn::Embedding &>(*each)->weight); // the same mistake
  }
}
// The right question is another module's.
bool bothLinear(nn::Module &one, nn::Module &other) {
  return one.as<nn::Linear>() && typeid(other) == typeid(nn::Linear);
  // CHECK: :[[@LINE-1]]:34: warning: 'Linear' is a holder, which no module is
}

// A helper that may return, and a test of another condition or of what the argument looks like.
inline void reportThat(bool ok) {
  if (!ok)
    std::cerr << "not made";
}
inline void refuseIf(bool bad) {
  if (bad)
    throw std::invalid_argument("bad");
}
struct NotRequiredImpl : nn::Module {
  explicit NotRequiredImpl(int n) {
    if (n > 0)
      body = register_module("body", nn::Linear(4, 4));
    reportThat(!body.is_empty());
    if (n > 1)
      head = register_module("head", nn::Linear(4, 4));
    refuseIf(n > 5);
  }
  Tensor forward(Tensor x) {
    if (x.dim() > 1)
      x = head->forward(x);
    return body->forward(x);
  }
  nn::Linear body{nullptr}, head{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'body' is null on some constructor path and dereferenced without a guard
  // CHECK: :[[@LINE-2]]:29: warning: 'head' is null on some constructor path and dereferenced without a guard
};
