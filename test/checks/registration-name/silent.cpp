// RUN: %check torch-registration-name %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Different names; odd but legal characters.
struct DifferentImpl : nn::Module {
  DifferentImpl() {
    register_module("fc1", nn::Linear(2, 2));
    register_module("fc2", nn::Linear(2, 2));
    register_module("fc-2", nn::Linear(2, 2));
    register_module("a/b", nn::Linear(2, 2));
    register_module("0", nn::Linear(2, 2));
    register_module("Fc1", nn::Linear(2, 2));
    register_parameter("weight", torch::ones({2}));
    register_buffer("bias", torch::ones({2}));
  }
};

// Look-alike: one name on paths that exclude each other.
enum class Kind { A, B };
struct PathsImpl : nn::Module {
  PathsImpl(bool wide, Kind kind, int depth) {
    if (wide)
      register_module("fc", nn::Linear(64, 2));
    else
      register_module("fc", nn::Linear(8, 2));
    switch (kind) {
    case Kind::A:
      register_module("head", nn::Linear(2, 2));
      break;
    case Kind::B:
      register_module("head", nn::Linear(2, 4));
      break;
    }
    if (depth == 1) {
      register_module("tail", nn::Linear(2, 2));
      return;
    }
    if (depth == 2)
      throw std::invalid_argument("depth");
    register_module("tail", nn::Linear(2, 4));
  }
};
struct ChoiceImpl : nn::Module {
  explicit ChoiceImpl(bool wide)
      : fc(wide ? register_module("fc", nn::Linear(64, 2)) : register_module("fc", nn::Linear(8, 2))) {}
  nn::Linear fc;
};

// Look-alike: each constructor registers it, once an object.
struct ConstructorsImpl : nn::Module {
  ConstructorsImpl() { register_module("fc", nn::Linear(2, 2)); }
  explicit ConstructorsImpl(int64_t n) { register_module("fc", nn::Linear(n, n)); }
  explicit ConstructorsImpl(double) : ConstructorsImpl(2L) { register_module("head", nn::Linear(2, 2)); }
};

// Look-alike: names computed in loops from the index, a counter, an element.
struct LoopImpl : nn::Module {
  explicit LoopImpl(const std::vector<std::string> &names) {
    for (int i = 0; i < 3; ++i)
      register_module("layer" + std::to_string(i), nn::Linear(2, 2));
    int n = 0;
    for (auto &name : names) {
      register_module(name, nn::Linear(2, 2));
      register_buffer(name + "_mask", torch::ones({2}));
      register_module(torch::str("block", n++), nn::Linear(2, 2));
    }
    for (const auto *side : {"left", "right"})
      register_module(side, nn::Linear(2, 2));
    for (int i = 0; i < 3; ++i) {
      const auto name = "head_" + std::to_string(i);
      register_module(name, nn::Linear(2, 2));
    }
    char letter = 'a';
    while (letter < 'd')
      register_module(std::string(1, letter++), nn::Linear(2, 2));
  }
};

// Look-alike: a loop that ends after the registration, or makes it once.
struct OnceImpl : nn::Module {
  explicit OnceImpl(const std::vector<int64_t> &sizes) {
    for (auto size : sizes) {
      if (size > 2) {
        register_module("fc", nn::Linear(size, 2));
        break;
      }
    }
    for (size_t i = 0; i < sizes.size(); ++i)
      if (i == 0)
        register_module("first", nn::Linear(sizes[i], 2));
  }
};

// Look-alike: the name is a parameter of a helper or of a lambda.
struct HelperImpl : nn::Module {
  HelperImpl() {
    add("a");
    add("b");
    auto make = [this](const std::string &name) { register_module(name, nn::Linear(2, 2)); };
    make("c");
    make("d");
  }
  void add(const std::string &name) { register_module(name, nn::Linear(2, 2)); }
};

// Look-alike: one name on different objects.
struct ObjectsImpl : nn::Module {
  ObjectsImpl(nn::Module &parent, const std::shared_ptr<ObjectsImpl> &other) {
    register_module("fc", nn::Linear(2, 2));
    parent.register_module("fc", nn::Linear(2, 2));
    other->register_module("fc", nn::Linear(2, 2));
    nn::ModuleList list;
    list->register_module("fc", nn::Linear(2, 2));
  }
};
void build(ObjectsImpl &a, ObjectsImpl &b) {
  a.register_module("x", nn::Linear(2, 2));
  b.register_module("x", nn::Linear(2, 2));
}

// Look-alike: the name is free again, or stays with another module.
struct ReplaceImpl : nn::Module {
  ReplaceImpl() {
    register_module("fc", nn::Linear(2, 2));
    replace_module("fc", nn::Linear(2, 4));
    register_module("head", nn::Linear(2, 2));
    unregister_module("head");
    register_module("head", nn::Linear(2, 4));
  }
};

// Look-alike: the base and the derived class use names of their own.
struct BaseImpl : nn::Module {
  BaseImpl() { register_module("fc", nn::Linear(2, 2)); }
  explicit BaseImpl(int) {}
};
struct DerivedImpl : BaseImpl {
  DerivedImpl() { register_module("head", nn::Linear(2, 2)); }
  explicit DerivedImpl(int n) : BaseImpl(n) { register_module("fc", nn::Linear(n, n)); }
};

// Look-alike: a copy that uses the same names, spelled or by clone().
struct CopyImpl : nn::Module {
  CopyImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  CopyImpl(const CopyImpl &other) : nn::Module("Copy") {
    fc = register_module("fc", std::dynamic_pointer_cast<nn::LinearImpl>(other.fc->clone()));
  }
  nn::Linear fc{nullptr};
};
struct CloneImpl : nn::Cloneable<CloneImpl> {
  CloneImpl() { reset(); }
  void reset() override {
    fc = register_module("fc", nn::Linear(2, 2));
    scale = register_parameter("scale", torch::ones({2}));
  }
  nn::Linear fc{nullptr};
  Tensor scale;
};
// Two ordinary constructors may disagree: neither is a copy.
struct VariantsImpl : nn::Module {
  VariantsImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  explicit VariantsImpl(bool) { fc = register_module("legacy_fc", nn::Linear(2, 2)); }
  nn::Linear fc{nullptr};
};

// Look-alike: dots in other names: keys of a state dict, TorchScript modules, functions of that name.
struct Registry {
  void register_module(const std::string &name, int value);
};
Tensor others(nn::Module &net, torch::jit::Module script, Registry &registry) {
  script.register_module("a", torch::jit::Module("x"));
  script.register_module("a", torch::jit::Module("x"));
  script.register_buffer("b.c", torch::ones({2}));
  registry.register_module("a.b", 1);
  registry.register_module("a.b", 2);
  return net.named_parameters()["layer.0.weight"];
}

// Look-alike: a class that is no Module has functions of that name.
struct Catalogue {
  Catalogue() {
    register_module("x", 1);
    register_module("x", 2);
    register_module("", 3);
  }
  void register_module(const std::string &name, int value);
};

// What forward registers is torch-module-in-forward's, also in a loop.
struct ForwardImpl : nn::Module {
  ForwardImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    register_module("fc", fc);
    for (int i = 0; i < 2; ++i)
      register_buffer("seen", x);
    if (!late) {
      late = nn::Linear(2, 2);
      register_module("late", late);
    }
    return late(fc(x));
  }
  nn::Linear fc{nullptr}, late{nullptr};
};

// Look-alike: a number is one of the two, and the loop is left behind the registration.
struct OneOfTwoImpl : torch::nn::Module {
  OneOfTwoImpl(int mode, const std::vector<int> &sizes) {
    if (mode == 1)
      fc = register_module("fc", torch::nn::Linear(1, 1));
    if (mode == 2)
      fc = register_module("fc", torch::nn::Linear(1, 2));
    for (int n : sizes) {
      if (n < 3)
        continue;
      in = register_module("in", torch::nn::Linear(n, 1));
      break;
    }
  }
  torch::nn::Linear fc{nullptr}, in{nullptr};
};
