// RUN: %check torch-raw-module-container %s | FileCheck %s --check-prefixes=CHECK --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-raw-module-container %s --config='{CheckOptions: {torch-raw-module-container.Strict: true}}' | FileCheck %s --check-prefixes=CHECK,STRICT --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <optional>
#include <variant>

namespace nn = torch::nn;
using torch::Tensor;

struct VectorImpl : nn::Module {
  explicit VectorImpl(int n) {
    for (int i = 0; i < n; ++i)
      layers.push_back(nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) {
    for (auto &layer : layers)
      x = layer(x);
    return x;
  }
  std::vector<nn::Linear> layers;
  // CHECK: :[[@LINE-1]]:27: warning: 'layers' holds modules that are never registered: {{.*}} [torch-raw-module-container]
  // CHECK: :[[@LINE-9]]:24: note: stored here without register_module
};

// Each way of putting a module in.
struct StoresImpl : nn::Module {
  StoresImpl() : from_list{nn::Linear(2, 2), nn::Linear(2, 2)} {
    emplaced.emplace_back(2, 2);
    assigned.resize(2, nn::Linear(nullptr));
    assigned[0] = nn::Linear(2, 2);
    nn::Linear local(2, 2);
    from_local.push_back(local);
    std::vector<nn::Linear> filled;
    filled.push_back(nn::Linear(2, 2));
    moved = std::move(filled);
    inserted.insert(inserted.begin(), nn::Linear(2, 2));
  }
  Tensor forward(Tensor x) {
    return from_list[0](emplaced[0](assigned[0](from_local[0](moved[0](inserted[0](x))))));
  }
  std::vector<nn::Linear> from_list;
  // CHECK: :[[@LINE-1]]:27: warning: 'from_list' holds modules that are never registered
  std::vector<nn::Linear> emplaced;
  // CHECK: :[[@LINE-1]]:27: warning: 'emplaced' holds modules that are never registered
  std::vector<nn::Linear> assigned;
  // CHECK: :[[@LINE-1]]:27: warning: 'assigned' holds modules that are never registered
  std::vector<nn::Linear> from_local;
  // CHECK: :[[@LINE-1]]:27: warning: 'from_local' holds modules that are never registered
  std::vector<nn::Linear> moved;
  // CHECK: :[[@LINE-1]]:27: warning: 'moved' holds modules that are never registered
  std::vector<nn::Linear> inserted;
  // CHECK: :[[@LINE-1]]:27: warning: 'inserted' holds modules that are never registered
  std::vector<nn::Linear> defaults{nn::Linear(2, 2)};
  // CHECK: :[[@LINE-1]]:27: warning: 'defaults' holds modules that are never registered
};

// Each container.
struct ContainersImpl : nn::Module {
  ContainersImpl() : tuple(nn::Linear(2, 2), 1), pair(nn::Linear(2, 2), nn::Conv2d(1, 1, 1)) {
    for (int i = 0; i < 2; ++i) {
      array[i] = nn::Linear(2, 2);
      c_array[i] = nn::Linear(2, 2);
    }
    deque.push_front(nn::Linear(2, 2));
    list.push_back(nn::Linear(2, 2));
    map["a"] = nn::Linear(2, 2);
    hash.emplace("a", nn::Linear(2, 2));
    maybe = nn::Linear(2, 2);
    variant = nn::Linear(2, 2);
  }
  std::array<nn::Linear, 2> array{nn::Linear{nullptr}, nn::Linear{nullptr}};
  // CHECK: :[[@LINE-1]]:29: warning: 'array' holds modules that are never registered
  nn::Linear c_array[2] = {nullptr, nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: 'c_array' holds modules that are never registered
  std::deque<nn::Linear> deque;
  // CHECK: :[[@LINE-1]]:26: warning: 'deque' holds modules that are never registered
  std::list<nn::Linear> list;
  // CHECK: :[[@LINE-1]]:25: warning: 'list' holds modules that are never registered
  std::map<std::string, nn::Linear> map;
  // CHECK: :[[@LINE-1]]:37: warning: 'map' holds modules that are never registered
  std::unordered_map<std::string, nn::Linear> hash;
  // CHECK: :[[@LINE-1]]:47: warning: 'hash' holds modules that are never registered
  std::optional<nn::Linear> maybe;
  // CHECK: :[[@LINE-1]]:29: warning: 'maybe' holds modules that are never registered
  std::variant<std::monostate, nn::Linear, nn::Conv2d> variant;
  // CHECK: :[[@LINE-1]]:56: warning: 'variant' holds modules that are never registered
  std::tuple<nn::Linear, int> tuple;
  // CHECK: :[[@LINE-1]]:31: warning: 'tuple' holds modules that are never registered
  std::pair<nn::Linear, nn::Conv2d> pair;
  // CHECK: :[[@LINE-1]]:37: warning: 'pair' holds modules that are never registered
};

// Each kind of handle; containers in containers; structs of modules.
struct Block {
  nn::Linear fc{nullptr};
  nn::ReLU act;
};
struct NestedImpl : nn::Module {
  NestedImpl() {
    pointers.push_back(std::make_shared<nn::LinearImpl>(2, 2));
    anys.push_back(nn::AnyModule(nn::Linear(2, 2)));
    sequentials.push_back(nn::Sequential(nn::Linear(2, 2)));
    bases.push_back(std::make_shared<nn::LinearImpl>(2, 2));
    grid.resize(2);
    grid[0].push_back(nn::Linear(2, 2));
    Block block;
    block.fc = nn::Linear(2, 2);
    blocks.push_back(block);
    single.fc = nn::Linear(2, 2);
  }
  std::vector<std::shared_ptr<nn::LinearImpl>> pointers;
  // CHECK: :[[@LINE-1]]:48: warning: 'pointers' holds modules that are never registered
  std::vector<nn::AnyModule> anys;
  // CHECK: :[[@LINE-1]]:30: warning: 'anys' holds modules that are never registered
  std::vector<nn::Sequential> sequentials;
  // CHECK: :[[@LINE-1]]:31: warning: 'sequentials' holds modules that are never registered
  std::vector<std::shared_ptr<nn::Module>> bases;
  // CHECK: :[[@LINE-1]]:44: warning: 'bases' holds modules that are never registered
  std::vector<std::vector<nn::Linear>> grid;
  // CHECK: :[[@LINE-1]]:40: warning: 'grid' holds modules that are never registered
  std::vector<Block> blocks;
  // CHECK: :[[@LINE-1]]:22: warning: 'blocks' holds modules that are never registered
  Block single;
  // CHECK: :[[@LINE-1]]:9: warning: 'single' holds modules that are never registered
};

// Registered on one path, not on the other.
struct SomePathImpl : nn::Module {
  explicit SomePathImpl(bool deep) {
    layers.push_back(register_module("first", nn::Linear(2, 2)));
    if (deep)
      layers.push_back(nn::Linear(2, 2));
  }
  std::vector<nn::Linear> layers;
  // CHECK: :[[@LINE-1]]:27: warning: 'layers' holds modules that are never registered
  // CHECK: :[[@LINE-4]]:24: note: stored here without register_module
};

// The container that takes the modules along is itself registered nowhere.
struct LostListImpl : nn::Module {
  LostListImpl() {
    nn::ModuleList list;
    nn::Linear fc(2, 2);
    list->push_back(fc);
    layers.push_back(fc);
  }
  std::vector<nn::Linear> layers;
  // CHECK: :[[@LINE-1]]:27: warning: 'layers' holds modules that are never registered
};

// A helper of the class fills it.
struct HelperImpl : nn::Module {
  HelperImpl() { build(3); }
  void build(int n) {
    while (n--)
      layers.push_back(nn::Linear(2, 2));
  }
  std::vector<nn::Linear> layers;
  // CHECK: :[[@LINE-1]]:27: warning: 'layers' holds modules that are never registered
  // CHECK: :[[@LINE-4]]:24: note: stored here without register_module
};

// Option Strict: registered ones too, since clone() leaves them pointing at the original's modules.
struct StrictImpl : nn::Module {
  StrictImpl() {
    for (int i = 0; i < 3; ++i)
      layers.push_back(register_module("fc" + std::to_string(i), nn::Linear(2, 2)));
  }
  std::vector<nn::Linear> layers;
  // STRICT: :[[@LINE-1]]:27: warning: 'layers' keeps registered modules in a plain container: {{.*}}torchtidy::ModuleVector
};
