// RUN: %check torch-raw-module-container %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <optional>
#include <variant>

namespace nn = torch::nn;
using torch::Tensor;

// Look-alike: registered in the very expression that stores it.
struct DirectImpl : nn::Module {
  DirectImpl() : listed{register_module("l0", nn::Linear(2, 2)), register_module("l1", nn::Linear(2, 2))} {
    for (int i = 0; i < 3; ++i) {
      pushed.push_back(register_module("p" + std::to_string(i), nn::Linear(2, 2)));
      emplaced.emplace_back(register_module("e" + std::to_string(i), nn::Linear(2, 2)));
      array[i] = register_module("a" + std::to_string(i), nn::Linear(2, 2));
      c_array[i] = this->register_module("c" + std::to_string(i), nn::Linear(2, 2));
    }
    map["a"] = register_module("map", nn::Linear(2, 2));
    map.emplace("b", register_module("map_b", nn::Linear(2, 2)));
    map.insert({"c", register_module("map_c", nn::Linear(2, 2))});
  }
  std::vector<nn::Linear> listed, pushed, emplaced; // several to a line
  std::array<nn::Linear, 3> array{nn::Linear{nullptr}, nn::Linear{nullptr}, nn::Linear{nullptr}};
  nn::Linear c_array[3] = {nullptr, nullptr, nullptr};
  std::map<std::string, nn::Linear> map;
};

// Look-alike: a bare statement whose result is discarded, before or after the push.
struct StatementImpl : nn::Module {
  StatementImpl() {
    for (int i = 0; i < 3; ++i) {
      nn::Linear fc(2, 2);
      register_module("before" + std::to_string(i), fc);
      before.push_back(fc);
      nn::Linear other(2, 2);
      after.push_back(other);
      register_module("after" + std::to_string(i), other);
      back.push_back(nn::Linear(2, 2));
      register_module("back" + std::to_string(i), back.back());
      indexed.push_back(nn::Linear(2, 2));
      register_module("indexed" + std::to_string(i), indexed[i]);
      at.emplace_back(2, 2);
      register_module("at" + std::to_string(i), at.at(at.size() - 1));
    }
  }
  std::vector<nn::Linear> before, after, back, indexed, at;
};

// Look-alike: auto m = register_module(..); v.push_back(m).
struct AutoImpl : nn::Module {
  AutoImpl() {
    for (int i = 0; i < 3; ++i) {
      auto fc = register_module("fc" + std::to_string(i), nn::Linear(2, 2));
      layers.push_back(fc);
      auto pointer = register_module("p" + std::to_string(i), std::make_shared<nn::LinearImpl>(2, 2));
      pointers.push_back(std::move(pointer));
    }
  }
  std::vector<nn::Linear> layers;
  std::vector<std::shared_ptr<nn::LinearImpl>> pointers;
};

// Look-alike: filled first, registered by a loop afterwards, in each form of a loop.
struct LaterImpl : nn::Module {
  LaterImpl() {
    for (int i = 0; i < 3; ++i) {
      by_range.push_back(nn::Linear(2, 2));
      by_index.push_back(nn::Linear(2, 2));
      by_iterator.push_back(nn::Linear(2, 2));
      by_algorithm.push_back(nn::Linear(2, 2));
      by_key["fc" + std::to_string(i)] = nn::Linear(2, 2);
    }
    int n = 0;
    for (auto &layer : by_range)
      register_module("range" + std::to_string(n++), layer);
    for (size_t i = 0; i < by_index.size(); ++i)
      register_module("index" + std::to_string(i), by_index[i]);
    for (auto it = by_iterator.begin(); it != by_iterator.end(); ++it)
      register_module("iterator" + std::to_string(n++), *it);
    std::for_each(by_algorithm.begin(), by_algorithm.end(), [&](nn::Linear &layer) {
      register_module("algorithm" + std::to_string(n++), layer);
    });
    for (auto &[name, layer] : by_key)
      register_module(name, layer);
  }
  std::vector<nn::Linear> by_range, by_index, by_iterator, by_algorithm;
  std::map<std::string, nn::Linear> by_key;
};

// Look-alike: the modules are children of a container that is registered, before or after it is filled.
struct ParentImpl : nn::Module {
  ParentImpl() {
    register_module("list", list);
    auto sequential = nn::Sequential();
    for (int i = 0; i < 3; ++i) {
      nn::Linear fc(2, 2);
      list->push_back(fc);
      in_list.push_back(fc);
      nn::Linear other(2, 2);
      sequential->push_back("fc" + std::to_string(i), other);
      in_sequential.push_back(other);
    }
    register_module("sequential", sequential);
  }
  nn::ModuleList list;
  std::vector<nn::Linear> in_list, in_sequential;
};

// Look-alike: elements of nested structs, variants, tuples, pairs, optionals and rows, all registered.
struct Block {
  nn::Linear fc{nullptr};
  nn::Conv2d conv{nullptr};
};
struct NestedImpl : nn::Module {
  NestedImpl()
      : tuple(register_module("t0", nn::Linear(2, 2)), register_module("t1", nn::Conv2d(1, 1, 1))) {
    single.fc = register_module("single_fc", nn::Linear(2, 2));
    single.conv = register_module("single_conv", nn::Conv2d(1, 1, 1));
    for (int i = 0; i < 2; ++i) {
      Block block;
      block.fc = register_module("fc" + std::to_string(i), nn::Linear(2, 2));
      block.conv = nn::Conv2d(1, 1, 1);
      register_module("conv" + std::to_string(i), block.conv);
      blocks.push_back(block);
      braced.push_back({register_module("bf" + std::to_string(i), nn::Linear(2, 2)),
                        register_module("bc" + std::to_string(i), nn::Conv2d(1, 1, 1))});
      grid.emplace_back();
      for (int j = 0; j < 2; ++j)
        grid.back().push_back(register_module("g" + std::to_string(2 * i + j), nn::Linear(2, 2)));
    }
    variant = register_module("variant", nn::Linear(2, 2));
    pair = {register_module("first", nn::Linear(2, 2)), register_module("second", nn::Linear(2, 2))};
    pairs.emplace_back(register_module("p", nn::Linear(2, 2)), 3);
    maybe = register_module("maybe", nn::Linear(2, 2));
    made = std::make_tuple(register_module("m", nn::Linear(2, 2)), 2.0);
  }
  Block single;
  std::vector<Block> blocks, braced;
  std::vector<std::vector<nn::Linear>> grid;
  std::variant<std::monostate, nn::Linear, nn::Conv2d> variant;
  std::tuple<nn::Linear, nn::Conv2d> tuple;
  std::pair<nn::Linear, nn::Linear> pair{nullptr, nullptr};
  std::vector<std::pair<nn::Linear, int>> pairs;
  std::optional<nn::Linear> maybe;
  std::tuple<nn::Linear, double> made{nullptr, 0.0};
};

// Look-alike: AnyModules, registered through ptr() or the module that they wrap.
struct AnyImpl : nn::Module {
  AnyImpl() {
    for (int i = 0; i < 2; ++i) {
      nn::AnyModule any(nn::Linear(2, 2));
      register_module("any" + std::to_string(i), any.ptr());
      anys.push_back(any);
      anys.push_back(nn::AnyModule(register_module("fc" + std::to_string(i), nn::Linear(2, 2))));
    }
  }
  std::vector<nn::AnyModule> anys;
};

// Look-alike: registered by another method of the class, a helper that registers and returns, a function in view.
template <typename M> static void registerAll(nn::Module &owner, std::vector<M> &layers) {
  for (size_t i = 0; i < layers.size(); ++i)
    owner.register_module("r" + std::to_string(i), layers[i]);
}
struct MethodImpl : nn::Module {
  MethodImpl() {
    for (int i = 0; i < 2; ++i) {
      layers.push_back(nn::Linear(2, 2));
      made.push_back(makeLayer("made" + std::to_string(i)));
      given.push_back(nn::Linear(2, 2));
    }
    publish();
    registerAll(*this, given);
  }
  void publish() {
    int i = 0;
    for (auto &layer : layers)
      register_module("layer" + std::to_string(i++), layer);
  }
  nn::Linear makeLayer(const std::string &name) { return register_module(name, nn::Linear(2, 2)); }
  std::vector<nn::Linear> layers, made, given;
};

// Look-alike: registered by a static factory, on the object it makes.
struct FactoryImpl : nn::Module {
  static std::shared_ptr<FactoryImpl> create() {
    auto p = std::make_shared<FactoryImpl>();
    p->layers.push_back(nn::Linear(2, 2));
    p->register_module("layer", p->layers.back());
    return p;
  }
  std::vector<nn::Linear> layers;
};

// Look-alike: registered on the parent, element by element.
struct ChildImpl : nn::Module {
  explicit ChildImpl(nn::Module *parent) {
    for (int i = 0; i < 2; ++i) {
      layers.push_back(nn::Linear(2, 2));
      parent->register_module("fc" + std::to_string(i), layers.back());
    }
  }
  std::vector<nn::Linear> layers;
};

// Look-alike: aliases of modules that are registered.
struct AliasImpl : nn::Module {
  AliasImpl() {
    a = register_module("a", nn::Linear(2, 2));
    b = register_module("b", nn::Linear(2, 2));
    order = {a, b};
    reverse.push_back(b);
    reverse.push_back(a);
    by_name["a"] = a;
    all = modules(/*include_self=*/false);
    direct = children();
  }
  nn::Linear a{nullptr}, b{nullptr};
  std::vector<nn::Linear> order, reverse;
  std::map<std::string, nn::Linear> by_name;
  std::vector<std::shared_ptr<nn::Module>> all, direct;
};

// Look-alike: the constructor, or the helper that fills it, is in another file: unknown.
struct ElsewhereImpl : nn::Module {
  explicit ElsewhereImpl(int n);
  void add() { layers.push_back(nn::Linear(2, 2)); }
  std::vector<nn::Linear> layers;
};
void fillElsewhere(nn::Module &owner, std::vector<nn::Linear> &layers);
struct FilledElsewhereImpl : nn::Module {
  FilledElsewhereImpl() { fillElsewhere(*this, layers); }
  std::vector<nn::Linear> layers;
};

// Look-alike: LibTorch's own containers.
struct ModuleListImpl : nn::Module {
  ModuleListImpl() {
    register_module("list", list);
    register_module("sequential", sequential);
    list->push_back(nn::Linear(2, 2));
    sequential->push_back(nn::Linear(2, 2));
  }
  nn::ModuleList list;
  nn::Sequential sequential;
};

// Look-alike: what is held are no modules: tensors, TorchScript modules, options, functions, names, plain pointers.
struct NoModulesImpl : nn::Module {
  NoModulesImpl() {
    tensors.push_back(torch::ones({2}));
    scripts.push_back(torch::jit::Module("script"));
    options.push_back(nn::LinearOptions(2, 2));
    activations.push_back([](const Tensor &x) { return torch::relu(x); });
    fc = register_module("fc", nn::Linear(2, 2));
    watched.push_back(fc.get());
    weak.push_back(fc.ptr());
  }
  std::vector<Tensor> tensors;
  std::vector<torch::jit::Module> scripts;
  std::vector<nn::LinearOptions> options;
  std::vector<std::function<Tensor(const Tensor &)>> activations;
  std::vector<nn::Module *> watched;
  std::vector<std::weak_ptr<nn::LinearImpl>> weak;
  nn::Linear fc{nullptr};
};

// Look-alike: a local container, and a member of a class that is no Module.
Tensor run(Tensor x) {
  std::vector<nn::Linear> layers;
  layers.push_back(nn::Linear(2, 2));
  return layers[0](x);
}
struct Ensemble {
  Ensemble() { models.push_back(nn::Linear(2, 2)); }
  std::vector<nn::Linear> models;
};

// Look-alike: never filled.
struct EmptyImpl : nn::Module {
  EmptyImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  nn::Linear fc{nullptr};
  std::vector<nn::Linear> layers;
};

// A member that is given the module in its constructor may register there.
struct Slot {
  template <typename M> Slot(nn::Module &parent, std::string name, M module) { put(parent, std::move(name), module); }
  template <typename M> void put(nn::Module &parent, std::string name, M module) {
    parent.register_module(std::move(name), module.ptr());
    held = module.ptr();
  }
  std::shared_ptr<nn::Module> held;
};
struct SlotImpl : nn::Module {
  Slot slot{*this, "slot", nn::Sequential(nn::Linear(2, 2), nn::ReLU())};
};
struct LateSlotImpl : nn::Module {
  LateSlotImpl() : slot(*this, "slot", nn::Linear(2, 2)) {}
  Slot slot;
};
auto slots = std::make_pair(std::make_shared<SlotImpl>(), std::make_shared<LateSlotImpl>());

// Look-alike: norms without weights and statistics.
struct PlainNormsImpl : torch::nn::Module {
  PlainNormsImpl() {
    for (int i = 0; i < 2; ++i)
      norms.push_back(torch::nn::InstanceNorm2d(4));
  }
  torch::Tensor forward(torch::Tensor x) {
    for (auto &norm : norms)
      x = norm(x);
    return x;
  }
  std::vector<torch::nn::InstanceNorm2d> norms;
};

// Look-alike: visitors and packs register what a variant or tuple holds.
struct VisitedImpl : torch::nn::Module {
  VisitedImpl() {
    int i = 0;
    std::apply([&](auto &...m) { (register_module("m" + std::to_string(i++), m), ...); }, pair);
    std::visit([&](auto &m) { register_module("choice", m); }, choice);
  }
  torch::Tensor forward(torch::Tensor x) { return std::get<0>(choice)(std::get<1>(pair)(std::get<0>(pair)(x))); }
  std::tuple<torch::nn::Linear, torch::nn::BatchNorm1d> pair{torch::nn::Linear(4, 4), torch::nn::BatchNorm1d(4)};
  std::variant<torch::nn::Linear, torch::nn::Bilinear> choice{torch::nn::Linear(4, 4)};
};
