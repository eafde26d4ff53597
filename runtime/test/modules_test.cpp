// Registered containers and slots.

#include "device_test.h"

#include <torchtidy/containers.h>
#include <torchtidy/hnn.h>
#include <torchtidy/slot.h>

#include <sstream>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torchtidy::ModuleMap;
using torchtidy::ModuleSlot;
using torchtidy::ModuleVector;

namespace {

/// As written with `std::vector<nn::Linear> layers`, changed as the header says.
struct StackImpl : nn::Module {
  explicit StackImpl(int count = 3) {
    register_module("layers", layers);
    for (int i = 0; i < count; ++i) {
      layers.push_back(nn::Linear(2, 2));
    }
  }
  Tensor forward(Tensor x) {
    for (auto& layer : layers) {
      x = layer(x);
    }
    return x;
  }
  ModuleVector<nn::Linear> layers;
};
TORCHTIDY_MODULE(Stack);

struct CloneableStackImpl : nn::Cloneable<CloneableStackImpl> {
  explicit CloneableStackImpl(bool fresh_container = true) : fresh(fresh_container) {
    reset();
  }
  void reset() override {
    if (fresh) {
      layers = register_module("layers", ModuleVector<hnn::Linear>());
      heads = register_module("heads", ModuleMap<hnn::Linear>());
    } else {
      register_module("layers", layers);
      register_module("heads", heads);
    }
    layers.emplace_back(2, 2);
    first = layers[0];
    heads.emplace("a", 2, 1);
  }
  Tensor forward(Tensor x) {
    return heads["a"](first(x));
  }
  bool fresh;
  ModuleVector<hnn::Linear> layers;
  ModuleMap<hnn::Linear> heads;
  hnn::Linear first{nullptr};
};
TORCHTIDY_MODULE(CloneableStack);

class Containers : public DeviceTest {};
INSTANTIATE_ON_DEVICES(Containers);

TEST_P(Containers, AVectorRegistersMovesSavesAndTrains) {
  Stack net;
  net->to(device());
  EXPECT_THAT(
      net->named_parameters().keys(),
      ElementsAre(
          "layers.0.weight",
          "layers.0.bias",
          "layers.1.weight",
          "layers.1.bias",
          "layers.2.weight",
          "layers.2.bias"));
  const auto x = torch::rand({4, 2}, on_device());
  const auto expected = net(x);
  std::stringstream archive;
  torch::save(net, archive);
  Stack loaded;
  torch::load(loaded, archive);
  loaded->to(device());
  EXPECT_TRUE(identical(loaded(x), expected));
  net->to(torch::kDouble);
  EXPECT_EQ(net->layers[1]->weight.scalar_type(), torch::kDouble);
  net->eval();
  EXPECT_FALSE(net->layers.back()->is_training());
}

TEST(ContainersOnAnyDevice, VectorRenumbersOnInsertAndErase) {
  ModuleVector<nn::Linear> layers{nn::Linear(1, 1), nn::Linear(1, 2), nn::Linear(1, 3)};
  auto& last = layers[2];
  layers.insert(0, nn::Linear(1, 4));
  layers.erase(1);
  layers.insert(layers.size(), nn::Linear(1, 5));
  EXPECT_THAT(layers->named_children().keys(), ElementsAre("0", "1", "2", "3"));
  const auto widths = [&] {
    std::vector<int64_t> sizes;
    for (const auto& item : layers->named_children()) {
      sizes.push_back(item.value()->as<nn::Linear>()->options.out_features());
      EXPECT_EQ(item.value(), layers[sizes.size() - 1].ptr());
    }
    return sizes;
  };
  EXPECT_THAT(widths(), ElementsAre(4, 2, 3, 5));
  EXPECT_EQ(last->options.out_features(), 3) << "references stay";
  layers.erase(1, 3);
  EXPECT_THAT(widths(), ElementsAre(4, 5));
  layers.pop_back();
  EXPECT_THAT(widths(), ElementsAre(4));
  layers.clear();
  EXPECT_TRUE(layers.empty());
  EXPECT_TRUE(layers->named_children().is_empty());
}

TEST(ContainersOnAnyDevice, VectorTakesIterators) {
  ModuleVector<nn::Linear> layers;
  for (int64_t width = 1; width <= 4; ++width) {
    layers.emplace_back(1, width);
  }
  const auto is_wide = [](const nn::Linear& layer) { return layer->options.out_features() > 2; };
  // As a std::vector of layers would be written.
  for (auto layer = layers.begin(); layer != layers.end();) {
    layer = is_wide(*layer) ? layers.erase(layer) : std::next(layer);
  }
  EXPECT_EQ(layers.size(), 2u);
  const auto inserted = layers.insert(layers.begin() + 1, nn::Linear(1, 9));
  EXPECT_EQ((*inserted)->options.out_features(), 9);
  EXPECT_EQ(layers->named_children()["1"], layers[1].ptr());
  EXPECT_EQ(layers->named_parameters()["1.weight"].size(0), 9);
  ModuleVector<nn::Linear>::const_iterator last = layers.end();
  EXPECT_TRUE(layers.insert(last, nn::Linear(1, 5)) == layers.end() - 1);
  EXPECT_TRUE(layers.erase(layers.begin(), layers.begin() + 3) == layers.begin());
  EXPECT_EQ(layers[0]->options.out_features(), 5);
  EXPECT_THAT(layers->named_children().keys(), ElementsAre("0"));
  EXPECT_TRUE(layers.erase(layers.begin()) == layers.end());
  EXPECT_THAT(error_of([&] { layers.erase(layers.begin()); }), HasSubstr("cannot erase [0, 1)"));
}

TEST(ContainersOnAnyDevice, AssigningToAnElementRegistersIt) {
  Stack net(2);
  net->layers[1] = nn::Linear(2, 7);
  EXPECT_EQ(net->named_parameters()["layers.1.weight"].size(0), 7);
  for (auto& layer : net->layers) {
    layer = nn::Linear(2, 5);
  }
  EXPECT_EQ(net->named_parameters()["layers.0.weight"].size(0), 5);
  net->layers[0] = net->layers[1];
  EXPECT_EQ(net->layers[0].ptr(), net->layers[1].ptr());
  EXPECT_EQ(net->layers->named_children()["0"], net->layers[1].ptr());

  auto copy = net->layers[1];
  copy = nn::Linear(2, 9);
  EXPECT_EQ(net->layers[1]->options.out_features(), 5) << "a copy is an ordinary handle";
  nn::Sequential sequence(net->layers[0], nn::ReLU());
  EXPECT_EQ(sequence->ptr(0), net->layers[0].ptr());
}

TEST(ContainersOnAnyDevice, ErrorsNameTheCauseAndTheCure) {
  ModuleVector<nn::Linear> layers{nn::Linear(1, 1)};
  EXPECT_THAT(error_of([&] { layers.push_back(nullptr); }), HasSubstr("element '1' would be null"));
  EXPECT_THAT(error_of([&] { layers[0] = nn::Linear(nullptr); }), HasSubstr("element '0' would be null"));
  EXPECT_FALSE(layers[0].is_empty());
  EXPECT_THAT(error_of([&] { layers[1]; }), HasSubstr("no element 1, there are 1"));
  EXPECT_THAT(error_of([&] { layers.insert(2, nn::Linear(1, 1)); }), HasSubstr("cannot insert at 2"));
  EXPECT_THAT(error_of([&] { layers.erase(1); }), HasSubstr("cannot erase [1, 2)"));
  layers.clear();
  EXPECT_THAT(error_of([&] { layers.back(); }), HasSubstr("it is empty"));
  EXPECT_THAT(error_of([&] { layers.pop_back(); }), HasSubstr("pop_back"));

  ModuleMap<nn::Linear> heads;
  EXPECT_THAT(error_of([&] { heads["cls"]; }), HasSubstr("it is empty"));
  heads.emplace("cls", 2, 3);
  EXPECT_THAT(error_of([&] { heads["clss"]; }), HasSubstr("'cls'"));
  EXPECT_EQ(heads.size(), 1u) << "looking up adds nothing";
  EXPECT_THAT(error_of([&] { heads.emplace("a.b", 1, 1); }), HasSubstr("'a.b' cannot be a key"));
  EXPECT_THAT(error_of([&] { heads.insert("n", nullptr); }), HasSubstr("element 'n' would be null"));
  EXPECT_THAT(error_of([&] { heads.erase("n"); }), HasSubstr("there is no 'n'"));
}

TEST(ContainersOnAnyDevice, MapKeepsOrderAndReplaces) {
  ModuleMap<nn::Linear> heads{{"z", nn::Linear(2, 1)}, {"a", nn::Linear(2, 2)}};
  heads.emplace("m", 2, 3);
  EXPECT_THAT(heads.keys(), ElementsAre("z", "a", "m"));
  heads.insert("a", nn::Linear(2, 8));
  heads["z"] = nn::Linear(2, 9);
  EXPECT_THAT(heads->named_children().keys(), ElementsAre("z", "a", "m"));
  std::vector<int64_t> sizes;
  for (auto& [key, head] : heads) {
    sizes.push_back(head->options.out_features());
    EXPECT_EQ(heads->named_children()[key], head.ptr());
  }
  EXPECT_THAT(sizes, ElementsAre(9, 8, 3));
  heads.erase("a");
  EXPECT_THAT(heads->named_parameters().keys(), ElementsAre("z.weight", "z.bias", "m.weight", "m.bias"));
  EXPECT_FALSE(heads.contains("a"));
}

TEST_P(Containers, CloneIsDeepAndKeepsAliases) {
  CloneableStack net;
  net->to(device());
  net->eval();
  const auto copy = std::dynamic_pointer_cast<CloneableStackImpl>(net->clone());
  const auto x = torch::rand({1, 2}, on_device());
  EXPECT_TRUE(identical(copy->forward(x), net->forward(x)));
  EXPECT_NE(copy->layers[0]->weight.data_ptr(), net->layers[0]->weight.data_ptr());
  EXPECT_EQ(copy->first.ptr(), copy->layers[0].ptr());
  EXPECT_EQ(net->layers.size(), 1u);
  EXPECT_EQ(copy->named_children()["layers"], copy->layers.ptr());

  net->layers.emplace_back(2, 4);
  net->heads.emplace("b", 2, 4);
  const auto grown = std::dynamic_pointer_cast<CloneableStackImpl>(net->clone());
  EXPECT_TRUE(identical(grown->layers[1]->weight, net->layers[1]->weight));
  EXPECT_TRUE(identical(grown->heads["b"]->weight, net->heads["b"]->weight));
  EXPECT_EQ(grown->named_children()["layers"], grown->layers.ptr());

  CloneableStack shared(false);
  EXPECT_THAT(error_of([&] { shared->clone(); }), HasSubstr("start from a fresh one"));

  ModuleVector<nn::Linear> list{nn::Linear(2, 2)};
  const auto list_copy = std::dynamic_pointer_cast<torchtidy::ModuleVectorImpl<nn::Linear>>(list->clone());
  EXPECT_TRUE(identical(list_copy->at(0)->weight, list[0]->weight));
}

TEST(ContainersOnAnyDevice, OfModuleClassesAndOfContainers) {
  ModuleVector<nn::Module> mixed;
  mixed.push_back(std::make_shared<nn::LinearImpl>(2, 2));
  mixed.push_back(nn::Dropout().ptr());
  mixed[1] = std::make_shared<nn::ReLUImpl>();
  EXPECT_THAT(mixed->named_children().keys(), ElementsAre("0", "1"));
  EXPECT_NE(mixed[1]->as<nn::ReLU>(), nullptr);

  ModuleVector<ModuleVector<nn::Linear>> grid;
  grid.emplace_back().emplace_back(2, 2);
  grid.emplace_back();
  grid[1].emplace_back(2, 3);
  EXPECT_THAT(
      grid->named_parameters().keys(), ElementsAre("0.0.weight", "0.0.bias", "1.0.weight", "1.0.bias"));
  std::ostringstream printed;
  printed << grid;
  EXPECT_THAT(printed.str(), HasSubstr("torchtidy::ModuleVector"));

  size_t calls = 0;
  CloneableStack net;
  auto handle = torchtidy::register_forward_hook(
      net, "layers.0", [&](nn::Module&, const Tensor&, const Tensor&) { ++calls; });
  net->forward(torch::rand({1, 2}));
  EXPECT_EQ(calls, 1u);
}

TEST(ContainersOnAnyDevice, ClonesKeepTheTrainingModeOfEachElement) {
  ModuleVector<nn::Linear> list{nn::Linear(1, 1), nn::Linear(1, 1)};
  ModuleMap<nn::Linear> map{{"a", nn::Linear(1, 1)}, {"b", nn::Linear(1, 1)}};
  list[0]->eval();
  map["a"]->eval();
  const auto list_copy = std::dynamic_pointer_cast<torchtidy::ModuleVectorImpl<nn::Linear>>(list->clone());
  const auto map_copy = std::dynamic_pointer_cast<torchtidy::ModuleMapImpl<nn::Linear>>(map->clone());
  EXPECT_TRUE(list_copy->is_training() && map_copy->is_training());
  EXPECT_FALSE(list_copy->at(0)->is_training() || map_copy->at("a")->is_training());
  EXPECT_TRUE(list_copy->at(1)->is_training() && map_copy->at("b")->is_training());

  // By way of the clone of a parent, with as many elements as its reset() makes and with more.
  CloneableStack net;
  for (int i = 0; i < 2; ++i) {
    net->layers->eval();
    net->heads->eval();
    net->layers[0]->train();
    net->heads["a"]->train();
    const auto copy = std::dynamic_pointer_cast<CloneableStackImpl>(net->clone());
    EXPECT_FALSE(copy->layers->is_training() || copy->heads->is_training());
    EXPECT_TRUE(copy->layers[0]->is_training() && copy->heads["a"]->is_training());
    net->layers.emplace_back(2, 2);
    net->heads.emplace("b", 2, 1);
  }
}

struct BlockImpl : nn::Cloneable<BlockImpl> {
  explicit BlockImpl(bool with_skip = true) : projected(with_skip) {
    reset();
  }
  void reset() override {
    fc = register_module("fc", nn::Linear(2, 2));
    if (projected) {
      skip.set(*this, nn::Linear(2, 2));
    } else {
      skip.set(*this, torchtidy::Zero());
    }
  }
  Tensor forward(Tensor x) {
    return fc(x) + skip(x);
  }
  bool projected;
  nn::Linear fc{nullptr};
  ModuleSlot<Tensor(Tensor)> skip{*this, "skip"};
};
TORCHTIDY_MODULE(Block);

TEST(ContainersOnAnyDevice, NullptrIsAnEmptyHolderAsOfLibTorch) {
  struct NetImpl : nn::Module {
    NetImpl() {
      layers = register_module("layers", torchtidy::ModuleVector<nn::Linear>());
      heads = register_module("heads", torchtidy::ModuleMap<nn::Linear>());
      layers.emplace_back(2, 2);
    }
    torchtidy::ModuleVector<nn::Linear> layers{nullptr};
    torchtidy::ModuleMap<nn::Linear> heads{nullptr};
  };
  NetImpl net;
  EXPECT_EQ(net.layers.size(), 1u);
  torchtidy::ModuleVector<nn::Linear> later{nullptr};
  EXPECT_TRUE(later.is_empty());
  EXPECT_THAT(error_of([&] { later.size(); }), HasSubstr("empty ModuleHolder"));
  torchtidy::ModuleVector<nn::Module> mixed{nullptr};
  EXPECT_TRUE(mixed.is_empty());
}

class Slots : public DeviceTest {};
INSTANTIATE_ON_DEVICES(Slots);

TEST_P(Slots, IdentityUnlessSetAndKeysAsInPython) {
  struct PlainImpl : nn::Module {
    ModuleSlot<Tensor(const Tensor&)> norm{*this, "norm"};
  };
  PlainImpl plain;
  const auto x = torch::rand({2}, on_device());
  EXPECT_TRUE(plain.norm(x).is_same(x));
  EXPECT_NE(plain.norm.as<nn::Identity>(), nullptr);
  EXPECT_THAT(plain.named_children().keys(), ElementsAre("norm"));

  Block block;
  EXPECT_THAT(
      block->named_parameters().keys(), ElementsAre("skip.weight", "skip.bias", "fc.weight", "fc.bias"));
  block->to(device());
  const auto input = torch::rand({1, 2}, on_device());
  EXPECT_TRUE(identical(block(input), block->fc(input) + block->skip.as<nn::Linear>()->forward(input)));
}

TEST_P(Slots, ZeroAddsNothingToAnyShape) {
  Block block(false);
  block->to(device());
  auto x = torch::rand({3, 2}, on_device()).requires_grad_();
  EXPECT_TRUE(identical(block(x), block->fc(x)));
  auto out = torch::ones({5, 7, 7}, on_device().dtype(torch::kHalf));
  out += torchtidy::Zero()(torch::ones({1, 9}, on_device().dtype(torch::kHalf)));
  EXPECT_TRUE(identical(out, torch::ones_like(out)));
}

TEST_P(Slots, SetKeepsTheOptimiserAndTheTrainingMode) {
  Block block;
  block->to(device());
  const auto old = block->skip.as<nn::Linear>()->weight;
  torch::optim::SGD sgd(block->parameters(), torch::optim::SGDOptions(0.1).momentum(0.9));
  const auto step = [&] {
    sgd.zero_grad();
    block(torch::ones({1, 2}, on_device())).sum().backward();
    sgd.step();
  };
  step();
  EXPECT_EQ(sgd.state().size(), 4u);
  block->eval();
  nn::Linear next(nn::LinearOptions(2, 2).bias(false));
  next->to(device());
  block->skip.set(*block, next, sgd);
  EXPECT_FALSE(next->is_training());
  EXPECT_EQ(sgd.state().size(), 2u);
  EXPECT_EQ(sgd.param_groups()[0].params().size(), 3u);
  const auto before = next->weight.detach().clone();
  const auto old_before = old.detach().clone();
  step();
  EXPECT_FALSE(torch::equal(next->weight, before));
  EXPECT_TRUE(identical(old.detach(), old_before));
  EXPECT_EQ(block->named_children()["skip"], next.ptr());

  next = nullptr; // what somebody holds may be part of the model elsewhere, and stays
  block->skip.set(*block, block->fc, sgd);
  EXPECT_EQ(sgd.param_groups()[0].params().size(), 2u) << "shared parameters are stepped once";
  block->skip.set(*block, nn::Identity(), sgd);
  EXPECT_EQ(sgd.param_groups()[0].params().size(), 2u) << "fc still uses them";
}

TEST_P(Slots, WhateverIsInsideCanBeHooked) {
  Block block;
  block->to(device());
  size_t calls = 0;
  auto handle = torchtidy::register_forward_hook(
      block, "skip", [&](nn::Module& module, const Tensor&, const Tensor& y) {
        EXPECT_NE(module.as<nn::Linear>(), nullptr);
        ++calls;
        return y * 0;
      });
  const auto x = torch::rand({1, 2}, on_device());
  EXPECT_TRUE(identical(block(x), block->fc(x)));
  EXPECT_EQ(calls, 1u);
  block->skip.set(*block, hnn::Linear(2, 2));
  block->to(device());
  auto own = torchtidy::register_forward_hook(
      block, "skip", [&](nn::Module&, const Tensor&, const Tensor&) { ++calls; });
  block(x);
  EXPECT_EQ(calls, 2u) << "once, and the last module's hook is gone";
}

TEST_P(Slots, ASequentialInsideCanBeHooked) {
  struct NetImpl : nn::Module {
    ModuleSlot<Tensor(Tensor)> body{*this, "body", nn::Sequential(nn::Linear(2, 2), nn::ReLU())};
  };
  const auto net = std::make_shared<NetImpl>();
  net->to(device());
  size_t calls = 0;
  const auto count = [&](nn::Module& module, const Tensor&, const Tensor&) {
    EXPECT_NE(module.as<nn::Sequential>(), nullptr);
    ++calls;
  };
  auto first = torchtidy::register_forward_hook(net, "body", count);
  auto second = torchtidy::register_forward_hook(net, "body", count);
  net->body(torch::rand({1, 2}, on_device()));
  EXPECT_EQ(calls, 2u);
  EXPECT_TRUE(torchtidy::is_hookable(net->body.module()));
}

TEST_P(Slots, ClonesHaveTheirOwn) {
  Block block;
  block->to(device());
  const auto copy = std::dynamic_pointer_cast<BlockImpl>(block->clone());
  const auto x = torch::rand({1, 2}, on_device());
  EXPECT_TRUE(identical(copy->forward(x), block(x)));
  EXPECT_EQ(copy->named_children()["skip"], copy->skip.ptr());
  torch::NoGradGuard no_grad;
  block->skip.as<nn::Linear>()->weight.zero_();
  EXPECT_FALSE(torch::equal(copy->forward(x), block(x)));
}

TEST_P(Slots, TheOptimiserKeepsWhatOthersUse) {
  Block block;
  nn::Linear shared = nn::Linear(2, 2);
  block->skip.set(*block, shared);
  nn::Sequential model(block, shared);
  model->to(device());
  torch::optim::SGD sgd(block->parameters(), 0.1);
  ASSERT_EQ(sgd.param_groups()[0].params().size(), 4u);
  shared = nullptr;
  block->skip.set(*block, nn::Identity(), sgd);
  EXPECT_EQ(sgd.param_groups()[0].params().size(), 4u) << "the model has the layer elsewhere";

  // Tied tensors are only seen by whoever sees the model.
  struct HeadImpl : nn::Module {
    explicit HeadImpl(Tensor tied) {
      weight = register_parameter("weight", std::move(tied));
    }
    Tensor forward(Tensor x) {
      return x.matmul(weight.t());
    }
    Tensor weight;
  };
  Block tied;
  nn::Sequential both(tied, std::make_shared<HeadImpl>(tied->skip.as<nn::Linear>()->weight));
  torch::optim::SGD of_both(tied->parameters(), 0.1);
  tied->skip.set(*tied, nn::Identity(), of_both, torchtidy::SwapOptions().model(both));
  EXPECT_EQ(of_both.param_groups()[0].params().size(), 3u) << "the tied weight stays, the bias goes";
}

TEST_P(Slots, AFilledSlotJoinsTheGroupThatIsSaid) {
  Block block(false);
  block->to(device());
  torch::optim::SGD sgd({block->fc->weight}, 0.1);
  sgd.add_param_group(torch::optim::OptimizerParamGroup({block->fc->bias}));
  nn::Linear next(2, 2);
  EXPECT_THAT(error_of([&] { block->skip.set(*block, next, sgd); }), HasSubstr("SwapOptions().group("));
  EXPECT_NE(block->skip.as<torchtidy::Zero>(), nullptr) << "nothing was changed";
  EXPECT_THAT(
      error_of([&] { block->skip.set(*block, next, sgd, torchtidy::SwapOptions().group(2)); }),
      HasSubstr("no parameter group 2"));
  block->skip.set(*block, std::exchange(next, nullptr), sgd, torchtidy::SwapOptions().group(1));
  EXPECT_EQ(sgd.param_groups()[1].params().size(), 3u);
  block->skip.set(*block, nn::Linear(2, 2), sgd);
  EXPECT_EQ(sgd.param_groups()[1].params().size(), 3u) << "in the group of the old ones";
  torchtidy::Zero none;
  block->skip.set(*block, none, sgd);
  block->skip.set(*block, nn::Identity(), sgd);
}

TEST_P(Slots, CopiesAreNamesOfOnePlace) {
  Block block;
  const auto copy = block->skip;
  block->skip.set(*block, torchtidy::Zero());
  EXPECT_EQ(copy.ptr(), block->skip.ptr());
  const auto x = torch::ones({1, 2});
  EXPECT_EQ(copy(x).dim(), 0);
  auto moved = std::move(block->skip);
  EXPECT_EQ(block->skip(x).dim(), 0) << "never empty";
  moved.set(*block, nn::Identity());
  EXPECT_TRUE(block->skip(x).is_same(x));
  torchtidy::Layer<Tensor(Tensor)> layer{nn::Identity()};
  const auto taken = std::move(layer);
  EXPECT_TRUE(layer(x).is_same(x));
  EXPECT_TRUE(taken(x).is_same(x));

  nn::Sequential stranger;
  EXPECT_THAT(
      error_of([&] { block->skip.set(*stranger, nn::Identity()); }), HasSubstr("Give set() the module"));
  EXPECT_TRUE(stranger->named_children().is_empty());

  auto alias = block->skip;
  EXPECT_THAT(error_of([&] { alias.set(*stranger, nn::Linear(2, 2)); }), HasSubstr("Give set() the module"));
  EXPECT_TRUE(stranger->named_children().is_empty()) << "also through a copy";
  EXPECT_THAT(error_of([&] { alias.set(Block(), nn::Linear(2, 2)); }), HasSubstr("Give set() the module"));
  alias.set(block, torchtidy::Zero());
  EXPECT_NE(block->skip.as<torchtidy::Zero>(), nullptr) << "and a copy still sets its own place";
  block->skip.set(block.ptr(), nn::Identity());
  EXPECT_THAT(error_of([&] { alias.set(Block(nullptr), nn::Identity()); }), HasSubstr("empty"));
  const auto broken = std::make_shared<nn::LinearImpl>(2, 2);
  broken->register_module("none", std::shared_ptr<nn::Module>());
  EXPECT_THAT(error_of([&] { alias.set(block, broken); }), HasSubstr("'none'"));
  EXPECT_NE(block->skip.as<nn::Identity>(), nullptr) << "nothing was changed";

  // A clone's slot is its own, also where LibTorch assigns the clone of a child.
  const Block original;
  const auto clone = std::dynamic_pointer_cast<BlockImpl>(original->clone());
  clone->skip.set(*clone, torchtidy::Zero());
  EXPECT_NE(original->skip.as<nn::Linear>(), nullptr);
  struct OuterImpl : nn::Cloneable<OuterImpl> {
    OuterImpl() {
      reset();
    }
    void reset() override {
      inner = register_module("inner", Block());
    }
    Block inner{nullptr};
  };
  OuterImpl outer;
  const auto copied = std::dynamic_pointer_cast<OuterImpl>(outer.clone());
  copied->inner->skip.set(*copied->inner, torchtidy::Zero());
  EXPECT_EQ(copied->inner->named_children()["skip"], copied->inner->skip.ptr());
  EXPECT_NE(outer.inner->skip.as<nn::Linear>(), nullptr);
  // Slots that are no members, and a class whose clone() is its base's.
  struct ListImpl : nn::Cloneable<ListImpl> {
    ListImpl() {
      slots.emplace_back(*this, "a");
      slots.emplace_back(*this, "b");
    }
    void reset() override {
      for (auto& slot : slots) {
        slot.set(*this, nn::Linear(2, 2));
      }
    }
    std::vector<ModuleSlot<Tensor(Tensor)>> slots;
  };
  struct SpecialImpl : BlockImpl {};
  const auto list = std::make_shared<ListImpl>();
  list->reset();
  const auto list_copy = std::dynamic_pointer_cast<ListImpl>(list->clone());
  list_copy->slots[1].set(list_copy, nn::Identity());
  EXPECT_EQ(list_copy->named_children()["b"], list_copy->slots[1].ptr());
  EXPECT_NE(list->slots[1].as<nn::Linear>(), nullptr);
  const auto special = std::dynamic_pointer_cast<BlockImpl>(std::make_shared<SpecialImpl>()->clone());
  special->skip.set(special, nn::Identity());
  EXPECT_EQ(special->named_children()["skip"], special->skip.ptr());
}

TEST_P(Slots, OtherSignaturesAndErrors) {
  struct AttentionImpl : nn::Module {
    ModuleSlot<Tensor(Tensor, Tensor)> mix{*this, "mix"};
  };
  struct AddImpl : nn::Module {
    Tensor forward(Tensor a, Tensor b) {
      return a + b;
    }
  };
  AttentionImpl attention;
  const auto one = torch::ones({1}, on_device());
  EXPECT_EQ(attention.mix(one, one * 5).item<double>(), 1);
  attention.mix.set(attention, std::make_shared<AddImpl>());
  EXPECT_EQ(attention.mix.forward(one, one * 5).item<double>(), 6);

  Block a, b;
  EXPECT_THAT(error_of([&] { a->skip.set(*b, nn::Identity()); }), HasSubstr("Give set() the module"));
  EXPECT_THAT(error_of([&] { a->skip.set(*a, nn::Linear(nullptr)); }), HasSubstr("is null"));
  EXPECT_NE(a->skip.as<nn::Linear>(), nullptr);
}

} // namespace
