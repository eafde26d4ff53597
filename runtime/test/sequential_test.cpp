// A Sequential in a Sequential.

#include <torchtidy/sequential.h>

#include <torchtidy/any_hooks.h>
#include <torchtidy/capture.h>
#include <torchtidy/hnn.h>
#include <torchtidy/state_dict.h>

#include "device_test.h"

#include <sstream>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using testing::ElementsAre;
using torch::Tensor;
using torchtidy::TensorSequential;

namespace {

template <typename Outer>
Outer nested() {
  return Outer(
      TensorSequential(nn::Linear(4, 3), TensorSequential(nn::Tanh(), hnn::Linear(3, 3))), nn::Linear(3, 2));
}

struct ModelImpl : nn::Cloneable<ModelImpl> {
  ModelImpl() {
    ModelImpl::reset();
  }
  void reset() override {
    body = register_module("body", nested<nn::Sequential>());
  }
  Tensor forward(Tensor x) {
    return body->forward(x);
  }
  nn::Sequential body{nullptr};
};
TORCH_MODULE(Model);

/// A class of container on a kind of device.
template <typename Class, torch::DeviceType Type>
struct On {
  using Outer = Class;
  static constexpr torch::DeviceType type = Type;
};

template <typename Place>
class NestedIn : public testing::Test {
 protected:
  void SetUp() override {
    if (Place::type == torch::kCUDA && !torch::cuda::is_available()) {
      GTEST_SKIP() << "no CUDA device";
    }
  }
  static typename Place::Outer make() {
    auto net = nested<typename Place::Outer>();
    net->to(Place::type);
    return net;
  }
  static Tensor inputs() {
    return torch::randn({5, 4}, torch::TensorOptions(Place::type));
  }
};
using Places = testing::Types<
    On<nn::Sequential, torch::kCPU>,
    On<hnn::Sequential, torch::kCPU>,
    On<TensorSequential, torch::kCPU>,
    On<nn::Sequential, torch::kCUDA>,
    On<hnn::Sequential, torch::kCUDA>,
    On<TensorSequential, torch::kCUDA>>;
TYPED_TEST_SUITE(NestedIn, Places);

class NestedOn : public DeviceTest {};
INSTANTIATE_ON_DEVICES(NestedOn);

TYPED_TEST(NestedIn, KeysAndResultsAreThoseOfPython) {
  auto net = this->make();
  EXPECT_THAT(
      torchtidy::state_dict(net).keys(),
      ElementsAre("0.0.weight", "0.0.bias", "0.1.1.weight", "0.1.1.bias", "1.weight", "1.bias"));
  const auto x = this->inputs();
  const auto p = net->parameters();
  const auto hidden = torch::addmm(p[1], x, p[0].t()).tanh();
  const auto expected = torch::addmm(p[5], torch::addmm(p[3], hidden, p[2].t()), p[4].t());
  EXPECT_TRUE(torch::allclose(net->forward(x), expected, 1e-4, 1e-6));
}

TYPED_TEST(NestedIn, EveryPlaceCanBeHooked) {
  auto net = this->make();
  torchtidy::FeatureExtractor features(*net, {"0", "0.0", "0.1", "0.1.0", "0.1.1", "1", ""});
  const auto y = net->forward(this->inputs());
  EXPECT_TRUE(identical(features["0.1.0"], features["0.0"].tanh()));
  EXPECT_TRUE(identical(features["0.1"], features["0.1.1"]));
  EXPECT_TRUE(identical(features["0"], features["0.1"]));
  EXPECT_TRUE(identical(features[""], y.detach()));
  EXPECT_EQ(features.captured().size(), 7u);
}

TYPED_TEST(NestedIn, ClonesShareNothing) {
  auto net = this->make();
  net->children()[0]->eval();
  const auto copy = std::dynamic_pointer_cast<typename TypeParam::Outer::ContainedType>(net->clone());
  const auto x = this->inputs();
  const Tensor y = net->forward(x);
  EXPECT_TRUE(identical(copy->forward(x), y));
  EXPECT_FALSE(copy->children()[0]->is_training());
  {
    torch::NoGradGuard no_grad;
    for (auto& parameter : copy->parameters()) {
      parameter.zero_();
    }
  }
  EXPECT_TRUE(identical(net->forward(x), y));
  EXPECT_EQ(copy->forward(x).abs().sum().template item<double>(), 0);
}

TEST_P(NestedOn, InAClonedModel) {
  Model net;
  net->to(device());
  const Model copy(std::dynamic_pointer_cast<ModelImpl>(net->clone()));
  const auto x = torch::randn({2, 4}, on_device());
  EXPECT_TRUE(identical(copy->body.ptr()->forward(x), net->forward(x)));
  EXPECT_EQ(copy->parameters().size(), 6u);
  EXPECT_FALSE(copy->parameters()[0].is_same(net->parameters()[0]));
}

TEST(Nested, NamesModesAndArchives) {
  TensorSequential net({{"fc", nn::Linear(2, 3)}, {"act", nn::ReLU()}});
  EXPECT_THAT(torchtidy::state_dict(net).keys(), ElementsAre("fc.weight", "fc.bias"));
  EXPECT_THAT(
      std::dynamic_pointer_cast<TensorSequential::Impl>(net->clone())->named_children().keys(),
      ElementsAre("fc", "act"));
  std::stringstream file;
  torch::save(net, file);
  TensorSequential other({{"fc", nn::Linear(2, 3)}, {"act", nn::ReLU()}});
  torch::load(other, file);
  const auto x = torch::randn({1, 2});
  EXPECT_TRUE(identical(other(x), net(x)));
  EXPECT_EQ(TensorSequential()->size(), 0u);
  EXPECT_THROW(TensorSequential()->forward(x), c10::Error);
}

} // namespace
