// Hooks on whole Sequentials that were written without them: they belong to a place, not to a module.

#include "device_test.h"

#include <torchtidy/any_hooks.h>
#include <torchtidy/capture.h>
#include <torchtidy/extract.h>
#include <torchtidy/hnn.h>

#include <atomic>
#include <thread>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torch::nn::Module;
using torchtidy::HookHandles;
using torchtidy::HookOptions;
using torchtidy::Values;

namespace {

struct PlainImpl : Module {
  Tensor forward(Tensor x) {
    TORCH_CHECK(!fail, "plain block failed");
    return call ? call(x) : x + 1;
  }
  bool fail = false;
  std::function<Tensor(Tensor)> call;
};
TORCH_MODULE(Plain);

struct BlockImpl : nn::Cloneable<BlockImpl> {
  void reset() override {}
  Tensor forward(Tensor x) {
    return x * 2;
  }
};
TORCHTIDY_MODULE(Block);

struct OddForwardImpl : Module {
  void forward(Tensor& x) {
    x = x + 1;
  }
};
TORCHTIDY_MODULE(OddForward); // no AnyModule takes it; it compiles all the same

Tensor one() {
  return torch::ones({1});
}

/// Counts the calls of `net` as a whole and keeps the last input and output.
struct Counter {
  template <typename Net>
  explicit Counter(Net& net) {
    handles += torchtidy::register_forward_hook(net, [this](Module&, const Tensor& in, const Tensor& out) {
      ++calls;
      input = in.item<double>();
      output = out.item<double>();
    });
  }
  HookHandles handles;
  size_t calls = 0;
  double input = 0;
  double output = 0;
};

TEST(Sequences, OneModuleInTwoPlaces) {
  nn::ReLU relu;
  nn::Sequential net(relu, Block(), relu, Block(), relu);
  Counter counter(net);
  EXPECT_EQ(net->forward(one()).item<double>(), 4);
  EXPECT_EQ(counter.calls, 1u);
  EXPECT_EQ(counter.input, 1);
  EXPECT_EQ(counter.output, 4);

  Block block;
  nn::Sequential twice(block, block);
  torchtidy::FeatureExtractor features(twice, {""});
  twice->forward(one());
  ASSERT_EQ(features.all("").size(), 1u);
  EXPECT_EQ(features[""].item<double>(), 4);
}

TEST(Sequences, TwoOfThemShareAChild) {
  nn::ReLU first;
  nn::Sequential one_net(first, Block());
  nn::Sequential other(first, Block(), Block());
  Counter counter(one_net);
  Counter of_other(other);
  one_net->forward(one());
  EXPECT_EQ(counter.calls, 1u);
  EXPECT_EQ(of_other.calls, 0u);
  first->forward(one());
  other->forward(one());
  EXPECT_EQ(counter.calls, 1u);
  EXPECT_EQ(of_other.calls, 1u);
  EXPECT_EQ(of_other.output, 4);
}

TEST(Sequences, AChildIsHookedInWhicheverModelItIsNamed) {
  nn::ReLU shared;
  nn::Sequential one_net(shared, nn::ReLU());
  nn::Sequential other(shared, nn::ReLU());
  size_t calls = 0;
  const auto count = [&](Module&, const Values&, Values&) { ++calls; };
  const auto of_one = torchtidy::register_forward_hook(one_net, "0", count);
  const auto of_other = torchtidy::register_forward_hook(other, "0", count);
  other->forward(one());
  EXPECT_EQ(calls, 2u) << "hooks belong to the module, and both places run them";

  nn::Sequential third(nn::ReLU(), shared);
  torchtidy::FeatureExtractor features(third, {"1", "0"});
  third->forward(one());
  EXPECT_EQ(features.all("0").size(), 1u);
  EXPECT_EQ(features.all("1").size(), 1u);
  EXPECT_EQ(torchtidy::create_feature_extractor(nn::Sequential(shared), {"0"})(one()).size(), 1u);

  nn::Sequential grows(shared);
  auto of_first = torchtidy::register_forward_hook(grows, "0", count);
  grows->push_back(shared);
  const auto of_new = torchtidy::register_forward_hook(grows, "1", count);
  of_first.remove();
  calls = 0;
  grows->forward(one());
  EXPECT_EQ(calls, 2u * 3u) << "three hooks of the module, in two places";
}

TEST(Sequences, CallsOfThemselves) {
  torchtidy::enable_any_hooks<PlainImpl>();
  Plain middle;
  nn::Sequential net(Block(), middle, Block());
  int depth = 0;
  middle->call = [&](Tensor x) { return ++depth < 3 ? net->forward(x) : x + 1; };
  std::vector<double> inputs, outputs;
  const auto before = torchtidy::register_forward_pre_hook(
      net, [&](Module&, const Tensor& x) { inputs.push_back(x.item<double>()); });
  const auto after = torchtidy::register_forward_hook(
      net, [&](Module&, const Tensor&, const Tensor& y) { outputs.push_back(y.item<double>()); });
  EXPECT_EQ(net->forward(one()).item<double>(), 72);
  EXPECT_THAT(inputs, ElementsAre(1, 2, 4));
  EXPECT_THAT(outputs, ElementsAre(18, 36, 72));
}

TEST(Sequences, ChildrenAddedLater) {
  nn::Sequential net{Block()};
  Counter counter(net);
  net->push_back(Block());
  EXPECT_EQ(net->forward(one()).item<double>(), 4);
  EXPECT_EQ(counter.calls, 1u);
  EXPECT_EQ(counter.output, 4);

  nn::Sequential longer{nn::ReLU()};
  longer->extend(*net);
  EXPECT_EQ(longer->forward(one()).item<double>(), 4);
  EXPECT_EQ(counter.calls, 1u) << "hooks of a Sequential do not go along with its children";

  struct Stranger : Module {
    Tensor forward(Tensor x) {
      return x;
    }
  };
  net->push_back(std::make_shared<Stranger>());
  EXPECT_THAT(error_of([&] { net->forward(one()); }), HasSubstr("enable_any_hooks"));
}

TEST(Sequences, AlwaysCallRunsWhereverItThrows) {
  torchtidy::enable_any_hooks<PlainImpl>();
  for (const int place : {0, 1, 2}) {
    Plain children[3];
    nn::Sequential net(children[0], children[1], children[2]);
    size_t failures = 0;
    const auto handle = torchtidy::register_forward_hook(
        net,
        [&](Module&, const Values&, Values& out) { failures += out.empty() ? 1 : 0; },
        HookOptions().always_call(true));
    children[place]->fail = true;
    EXPECT_THAT(error_of([&] { net->forward(one()); }), HasSubstr("plain block failed"));
    EXPECT_EQ(failures, 1u);
    children[place]->fail = false;
    net->forward(one());
    EXPECT_EQ(failures, 1u);
  }
}

TEST(Sequences, AChildOfUnknownClassIsAnErrorThatSaysHow) {
  struct Unknown : Module {
    Tensor forward(Tensor x) {
      return x;
    }
  };
  nn::Sequential net(Block(), std::make_shared<Unknown>(), Block());
  EXPECT_THAT(
      error_of([&] { torchtidy::hook_site(net); }),
      testing::AllOf(HasSubstr("child 1"), HasSubstr("enable_any_hooks<")));
  EXPECT_EQ(net->forward(one()).item<double>(), 4);
}

TEST(Sequences, RemovingTheHooksInTheMiddleOfACall) {
  torchtidy::enable_any_hooks<PlainImpl>();
  Plain middle;
  nn::Sequential net(Block(), middle, Block());
  Counter counter(net);
  bool inner = false;
  middle->call = [&](Tensor x) {
    if (inner) {
      return x + 1;
    }
    inner = true;
    counter.handles.remove();
    return net->forward(x); // without hooks, inside a call that began with some
  };
  EXPECT_EQ(net->forward(one()).item<double>(), 20);
  EXPECT_EQ(counter.calls, 0u);
  EXPECT_EQ(net->forward(one()).item<double>(), 6);
}

TEST(Sequences, ChildrenCalledOneByOne) {
  nn::Sequential net{Block(), Block(), Block()};
  Counter counter(net);
  auto child = net->begin();
  child->forward(one()); // and no further
  EXPECT_EQ(net->forward(one()).item<double>(), 8);
  EXPECT_EQ(counter.calls, 1u);
  EXPECT_EQ(counter.input, 1);

  torchtidy::enable_any_hooks<PlainImpl>();
  Plain middle;
  nn::Sequential outer(Block(), middle, Block());
  Counter of_outer(outer);
  middle->call = [&](Tensor x) { return net->begin()->forward(x); };
  EXPECT_EQ(outer->forward(one()).item<double>(), 8);
  EXPECT_EQ(of_outer.calls, 1u);
  EXPECT_EQ(of_outer.output, 8);
  EXPECT_EQ(counter.calls, 1u);
}

TEST(Sequences, AModelOnTheStackIsHookedByName) {
  struct Net : Module {
    Net() {
      body = register_module("body", nn::Sequential(Block(), nn::ReLU()));
    }
    nn::Sequential body{nullptr};
  };
  Net net;
  size_t calls = 0;
  HookHandles handles;
  const auto count = [&](Module&, const Values&, Values&) { ++calls; };
  handles += torchtidy::register_forward_hook(net, "body", count);
  handles += torchtidy::register_forward_hook(net, "body.1", count);
  net.body->forward(one());
  EXPECT_EQ(calls, 2u);
}

TEST(Sequences, SeveralThreads) {
  nn::Sequential net{nn::ReLU(), Block(), nn::ReLU()};
  std::atomic<size_t> calls{0};
  const auto handle =
      torchtidy::register_forward_hook(net, [&](Module&, const Tensor& in, const Tensor& out) {
        calls += in.item<double>() * 2 == out.item<double>();
      });
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 200; ++j) {
        net->forward(torch::full({1}, i + j + 1.0));
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(calls, 600u);
}

TEST(Sequences, TypedAccessStays) {
  nn::Sequential net(nn::Linear(2, 2), hnn::Linear(2, 2), Block());
  const auto handle = torchtidy::register_forward_hook(net, [](Module&, const Values&, Values&) {});
  EXPECT_EQ(net->at<nn::LinearImpl>(0).weight.size(0), 2);
  EXPECT_EQ(net->ptr<hnn::LinearImpl>(1)->weight.size(0), 2);
  const auto clone = std::dynamic_pointer_cast<nn::SequentialImpl>(net->clone());
  EXPECT_EQ(clone->forward(torch::ones({1, 2})).size(1), 2);
}

TEST(Sequences, ACloneOfAHookableOneKeepsItsMode) {
  hnn::Sequential net(nn::Dropout(0.5), Block());
  net->eval();
  net[0]->train();
  const auto clone = net->clone();
  EXPECT_FALSE(clone->is_training());
  EXPECT_TRUE(clone->children()[0]->is_training());
  EXPECT_FALSE(clone->children()[1]->is_training());
}

} // namespace
