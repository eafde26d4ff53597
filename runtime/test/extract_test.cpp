// create_feature_extractor: what it gives, and what it does not run.

#include <torchtidy/extract.h>

#include <torchtidy/any_hooks.h>
#include <torchtidy/hnn.h>
#include <torchtidy/parametrize.h>

#include "device_test.h"

#include <thread>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torchtidy::create_feature_extractor;

namespace {

struct NetImpl : nn::Module {
  NetImpl() {
    first = register_module("first", hnn::Linear(4, 3));
    relu = register_module("relu", hnn::ReLU());
    second = register_module("second", hnn::Linear(3, 3));
    last = register_module("last", hnn::Linear(3, 2));
  }
  Tensor forward(Tensor x) {
    x = relu(second(relu(first(x))));
    ++ran_to_the_end;
    return last(x);
  }
  hnn::Linear first{nullptr}, second{nullptr}, last{nullptr};
  hnn::ReLU relu{nullptr};
  std::atomic<int> ran_to_the_end{0};
};
// Not copyable, as the counter is not.
TORCHTIDY_MODULE(Net);

struct SwallowsImpl : nn::Module {
  SwallowsImpl() {
    fc = register_module("fc", hnn::Linear(2, 2));
  }
  Tensor forward(Tensor x) {
    try {
      return fc(x);
    } catch (...) {
      return fc(x);
    }
  }
  hnn::Linear fc{nullptr};
};
TORCHTIDY_MODULE(Swallows);

class Extract : public DeviceTest {};
INSTANTIATE_ON_DEVICES(Extract);

TEST_P(Extract, StopsAfterTheLastWantedLayer) {
  Net net;
  net->to(device());
  const auto features = create_feature_extractor(net, {"second", {"first", "start"}});
  const auto x = torch::randn({5, 4}, on_device());
  const auto found = features(x);
  EXPECT_THAT(found.keys(), ElementsAre("second", "start"));
  EXPECT_TRUE(identical(found["start"], net->first->forward(x)));
  EXPECT_TRUE(identical(found["second"], net->second->forward(torch::relu(net->first->forward(x)))));
  EXPECT_EQ(net->ran_to_the_end, 0);
  found["second"].sum().backward();
  EXPECT_TRUE(net->first->weight.grad().defined() && !net->last->weight.grad().defined());

  net(x);
  EXPECT_EQ(net->ran_to_the_end, 1) << "the model itself runs as ever";
  (void)features(x);
  EXPECT_EQ(net->ran_to_the_end, 1);
}

TEST_P(Extract, TheSecondCallOfALayer) {
  Net net;
  net->to(device());
  const auto x = torch::randn({5, 4}, on_device());
  const auto found = create_feature_extractor(net, {"relu", "relu_1"})(x);
  EXPECT_TRUE(identical(found["relu"], torch::relu(net->first->forward(x))));
  EXPECT_TRUE(identical(found["relu_1"], torch::relu(net->second->forward(found["relu"]))));
}

TEST(Extraction, OfASequentialOfPlainLayers) {
  nn::Sequential net(nn::Linear(4, 3), nn::Tanh(), nn::Linear(3, 2));
  const auto x = torch::randn({2, 4});
  const auto found = create_feature_extractor(net, std::vector<std::string>{"1", "0"})(x);
  EXPECT_THAT(found.keys(), ElementsAre("1", "0"));
  EXPECT_TRUE(identical(found["1"], found["0"].tanh()));
  const auto whole = create_feature_extractor(net, std::map<std::string, std::string>{{"", "out"}})(x);
  EXPECT_TRUE(identical(whole["out"], net->forward(x)));
}

TEST(Extraction, TheFirstTensorOfATuple) {
  hnn::LSTM lstm(3, 4);
  const auto found = create_feature_extractor(lstm, {""})(torch::randn({5, 1, 3}));
  EXPECT_EQ(found[""].sizes(), (std::vector<int64_t>{5, 1, 4}));
}

TEST(Extraction, OneInAnother) {
  Net net;
  const auto x = torch::randn({5, 4});
  const auto outer = create_feature_extractor(net, {"second"});
  const auto inner = create_feature_extractor(net, {"first"});
  bool nested = false;
  auto hook = torchtidy::register_forward_pre_hook(net, "relu", [&](nn::Module&, torchtidy::Values&) {
    if (!nested) {
      nested = true;
      EXPECT_EQ(inner(x).size(), 1);
    }
  });
  EXPECT_TRUE(outer(x)["second"].defined());
  EXPECT_TRUE(nested);
}

TEST(Extraction, OnSeveralThreads) {
  Net net;
  const auto features = create_feature_extractor(net, {"second"});
  const auto x = torch::randn({5, 4});
  const auto expected = features(x)["second"];
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        right += torch::equal(features(x)["second"], expected) ? 1 : 0;
        net(x);
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(right, 150);
}

TEST(Extraction, AForwardThatSwallowsIsNoHarm) {
  Swallows net;
  const auto x = torch::randn({1, 2});
  EXPECT_TRUE(identical(create_feature_extractor(net, {"fc"})(x)["fc"], net->fc(x)));
}

TEST(Extraction, ErrorsSayWhatToDo) {
  Net net;
  EXPECT_THAT(error_of([&] { (void)create_feature_extractor(net, {"secnd"}); }), HasSubstr("'second'"));
  EXPECT_THAT(
      error_of([&] { (void)create_feature_extractor(net, {"first", {"second", "first"}}); }),
      HasSubstr("called 'first'"));
  const auto thrice = create_feature_extractor(net, {"relu_2"});
  EXPECT_THAT(error_of([&] { thrice(torch::randn({1, 4})); }), HasSubstr("'relu_2' (ran 2 times)"));
  EXPECT_THAT(error_of([&] { thrice(torch::randn({1, 5})); }), HasSubstr("shape")) << "the model's own error";
  EXPECT_THAT(error_of([] { (void)create_feature_extractor(Net(nullptr), {"a"}); }), HasSubstr("empty"));
  nn::ModuleList list;
  EXPECT_THROW((void)create_feature_extractor(net, {}), c10::Error);
}

TEST(Extraction, LeavesNoHooks) {
  Net net;
  {
    const auto features = create_feature_extractor(net, {"first"});
    EXPECT_TRUE(net->first->hooked());
  }
  EXPECT_FALSE(net->first->hooked());
}

} // namespace
