// Buffers that are not persistent, and state dicts with older keys.

#include <torchtidy/buffers.h>
#include <torchtidy/state_dict.h>

#include "device_test.h"

#include <sstream>

namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torchtidy::LoadOptions;
using torchtidy::StateDict;

namespace {

struct MaskedImpl : nn::Cloneable<MaskedImpl> {
  MaskedImpl() {
    MaskedImpl::reset();
  }
  void reset() override {
    fc = register_module("fc", nn::Linear(2, 2));
    mask = torchtidy::register_buffer(*this, "mask", torch::ones({3}), /*persistent=*/false);
    count = torchtidy::register_buffer(*this, "count", torch::zeros({}));
  }
  nn::Linear fc{nullptr};
  Tensor mask, count;
};
TORCH_MODULE(Masked);

struct OuterImpl : nn::Cloneable<OuterImpl> {
  OuterImpl() {
    OuterImpl::reset();
  }
  void reset() override {
    inner = register_module("inner", Masked());
  }
  Masked inner{nullptr};
};
TORCH_MODULE(Outer);

/// Its older state dicts had weight and bias in one tensor.
struct SplitImpl : nn::Module, torchtidy::MigratesState {
  SplitImpl() {
    weight = register_parameter("weight", torch::zeros({2}));
    bias = register_parameter("bias", torch::zeros({1}));
  }
  void migrate_state(StateDict& entries, const std::string& prefix) override {
    if (const Tensor* both = entries.find(prefix + "both")) {
      const Tensor old = *both;
      entries.erase(prefix + "both");
      entries.insert(prefix + "weight", old.narrow(0, 0, 2));
      entries.insert(prefix + "bias", old.narrow(0, 2, 1));
    }
  }
  Tensor weight, bias;
};
TORCH_MODULE(Split);

struct HolderOfSplitImpl : nn::Module {
  HolderOfSplitImpl() {
    split = register_module("split", Split());
  }
  Split split{nullptr};
};
TORCH_MODULE(HolderOfSplit);

class Buffers : public DeviceTest {};
INSTANTIATE_ON_DEVICES(Buffers);

TEST_P(Buffers, ThatAreNotPersistentMoveButAreNotSaved) {
  Masked net;
  net->to(device());
  net->to(torch::kDouble);
  EXPECT_EQ(net->mask.scalar_type(), torch::kDouble);
  EXPECT_EQ(net->mask.device().type(), device().type());
  EXPECT_THAT(torchtidy::state_dict(net).keys(), ElementsAre("count", "fc.weight", "fc.bias"));
  EXPECT_FALSE(torchtidy::is_persistent(net->mask));
  EXPECT_TRUE(torchtidy::is_persistent(net->count));
  Masked other;
  EXPECT_TRUE(torchtidy::load_state_dict(other, torchtidy::state_dict(net)).complete());
  auto with_mask = torchtidy::state_dict(net);
  with_mask.insert("mask", net->mask);
  EXPECT_THROW((void)torchtidy::load_state_dict(other, with_mask), c10::Error) << "unexpected, as in Python";
}

TEST_P(Buffers, OfClonesAreTheSame) {
  Outer net;
  net->to(device());
  net->inner->mask.fill_(5);
  const auto copy = std::dynamic_pointer_cast<OuterImpl>(net->clone());
  EXPECT_THAT(
      torchtidy::state_dict(*copy).keys(), ElementsAre("inner.count", "inner.fc.weight", "inner.fc.bias"));
  EXPECT_TRUE(identical(copy->inner->mask, torch::full({3}, 5.0f, on_device())));
}

TEST(BuffersOnTheHost, ManyComeAndGo) {
  for (int i = 0; i < 1000; ++i) {
    Masked net;
    EXPECT_EQ(torchtidy::state_dict(net).size(), 3u);
    const auto plain = torch::ones({3});
    EXPECT_TRUE(torchtidy::is_persistent(plain)) << "no address is taken for an older one";
  }
}

StateDict of_linear(const std::string& prefix) {
  StateDict dict;
  dict.insert(prefix + "weight", torch::ones({2, 2}));
  dict.insert(prefix + "bias", torch::ones({2}));
  return dict;
}

TEST(Migration, PatternsAreReported) {
  nn::Sequential net(nn::Linear(2, 2));
  auto dict = of_linear("features.layer0.");
  dict.insert("features.layer0.scale", torch::ones({1}));
  const auto report = torchtidy::load_state_dict(
      net,
      dict,
      LoadOptions().rename("*.scale", "").rename("features.layer*.*", "*.*").rename("heads.*", "head.*"));
  EXPECT_THAT(report.loaded, ElementsAre("0.weight", "0.bias"));
  EXPECT_EQ(
      report.to_string(),
      "2 loaded, 0 missing, 0 unexpected, 0 mismatched\n"
      "  renamed: 'features.layer0.weight' to '0.weight'\n"
      "  renamed: 'features.layer0.bias' to '0.bias'\n"
      "  renamed: 'features.layer0.scale' to ''\n"
      "  no entry for the patterns: 'heads.*'");
}

TEST(Migration, FunctionsAreReported) {
  nn::Linear net(2, 2);
  auto dict = of_linear("");
  dict.insert("old", torch::full({2, 2}, 3.0));
  const auto report = torchtidy::load_state_dict(
      net, dict, LoadOptions().migrate("transposed weights", [](StateDict& entries) {
        const auto old = entries["old"].t();
        entries.erase("old");
        entries["weight"] = old;
      }));
  EXPECT_TRUE(identical(net->weight.detach(), torch::full({2, 2}, 3.0f)));
  ASSERT_EQ(report.migrated.size(), 1u);
  EXPECT_EQ(report.migrated[0].name, "transposed weights");
  EXPECT_THAT(report.migrated[0].removed, ElementsAre("weight", "old"));
  EXPECT_THAT(report.migrated[0].added, ElementsAre("weight"));
  EXPECT_THAT(report.to_string(), HasSubstr("migrated by 'transposed weights'"));
  EXPECT_EQ(dict.size(), 3u) << "the caller's is as it was";
}

TEST(Migration, AModuleKnowsItsOlderKeys) {
  HolderOfSplit net;
  StateDict dict;
  dict.insert("split.both", torch::arange(3).to(torch::kFloat));
  const auto report = torchtidy::load_state_dict(net, dict);
  EXPECT_TRUE(identical(net->split->weight.detach(), torch::tensor({0.0f, 1.0f})));
  EXPECT_EQ(report.migrated.at(0).name, "split");
  EXPECT_THAT(report.migrated[0].added, ElementsAre("split.weight", "split.bias"));
  EXPECT_TRUE(torchtidy::load_state_dict(net, torchtidy::state_dict(net)).migrated.empty());
}

TEST(Migration, WhatThrowsChangesNothing) {
  nn::Linear net(2, 2);
  const auto before = net->weight.detach().clone();
  EXPECT_THROW(
      (void)torchtidy::load_state_dict(
          net,
          of_linear(""),
          LoadOptions().migrate("fails", [](StateDict&) { throw std::runtime_error("no"); })),
      std::runtime_error);
  EXPECT_TRUE(identical(net->weight.detach(), before));
}

TEST(Migration, PatternsTakeTheShortestText) {
  nn::Linear net(2, 2);
  const auto loaded = [&](const char* from, const char* to) {
    return torchtidy::load_state_dict(
               net, of_linear("a.b.a.b."), LoadOptions().strict(false).rename(from, to))
        .unexpected;
  };
  EXPECT_THAT(loaded("*b.*", "*|*"), ElementsAre("a.|a.b.weight", "a.|a.b.bias"));
  EXPECT_THAT(loaded("*a.b.weight", "x*"), ElementsAre("xa.b.", "a.b.a.b.bias"));
  EXPECT_THAT(loaded("a.b", "x"), ElementsAre("a.b.a.b.weight", "a.b.a.b.bias"));
}

} // namespace
