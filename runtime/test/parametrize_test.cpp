// Parametrizations: keys, values, gradients, and what clone, to, train, save and load do with them.

#include <torchtidy/parametrize.h>

#include <torchtidy/any_hooks.h>
#include <torchtidy/hnn.h>
#include <torchtidy/inspect.h>
#include <torchtidy/state_dict.h>
#include <torchtidy/summary.h>

#include "device_test.h"

#include <sstream>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
namespace parametrizations = torchtidy::parametrizations;
namespace parametrize = torchtidy::parametrize;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;

namespace {

struct NetImpl : nn::Cloneable<NetImpl> {
  NetImpl() {
    NetImpl::reset();
  }
  void reset() override {
    conv = register_module("conv", hnn::Conv2d(2, 3, 3));
    fc = register_module("fc", hnn::Linear(3, 2));
  }
  Tensor forward(Tensor x) {
    return fc(conv(x).mean({2, 3}));
  }
  hnn::Conv2d conv{nullptr};
  hnn::Linear fc{nullptr};
};
TORCHTIDY_MODULE(Net);

/// Parametrizes where it registers: its clones' reset() does as well.
struct NormedImpl : nn::Cloneable<NormedImpl> {
  NormedImpl() {
    NormedImpl::reset();
  }
  void reset() override {
    fc = register_module("fc", parametrizations::spectral_norm(hnn::Linear(4, 3)));
  }
  Tensor forward(Tensor x) {
    return fc(x);
  }
  hnn::Linear fc{nullptr};
};
TORCH_MODULE(Normed);

struct ScaleImpl : nn::Cloneable<ScaleImpl> {
  ScaleImpl() {
    ScaleImpl::reset();
  }
  void reset() override {
    scale = register_parameter("scale", torch::ones({3, 3}));
  }
  Tensor forward(Tensor x) {
    return x.matmul(scale);
  }
  Tensor scale;
};
TORCHTIDY_MODULE(Scale);

struct Symmetric : parametrize::Parametrization<Symmetric> {
  Tensor forward(const Tensor& x) {
    return x.triu() + x.triu(1).transpose(-1, -2);
  }
  std::vector<Tensor> right_inverse(const Tensor& value) override {
    return {value.triu()};
  }
};

struct Twice : parametrize::Parametrization<Twice> {
  Tensor forward(const Tensor& x) {
    return x * 2;
  }
  std::vector<Tensor> right_inverse(const Tensor& value) override {
    return {value / 2};
  }
};

struct Narrow : parametrize::Parametrization<Narrow> {
  Tensor forward(const Tensor& x) {
    return x.narrow(0, 0, 1);
  }
};

std::vector<std::string> keys_of(const nn::Module& module) {
  return torchtidy::state_dict(module).keys();
}

Tensor unit_spectrum(const Tensor& weight) {
  return weight / torch::linalg_matrix_norm(weight, 2);
}

class Parametrize : public DeviceTest {};
INSTANTIATE_ON_DEVICES(Parametrize);

TEST_P(Parametrize, SpectralNormHasPythonsKeysAndDividesByTheNorm) {
  auto fc = hnn::Linear(5, 3);
  fc->to(device());
  const Tensor weight = fc->weight;
  parametrizations::spectral_norm(fc);
  EXPECT_THAT(
      keys_of(*fc),
      ElementsAre(
          "bias",
          "parametrizations.weight.original",
          "parametrizations.weight.0._u",
          "parametrizations.weight.0._v"));
  EXPECT_TRUE(fc->named_parameters()["parametrizations.weight.original"].is_same(weight))
      << "an optimizer that was made before keeps it";
  EXPECT_TRUE(parametrize::is_parametrized(fc) && parametrize::is_parametrized(fc, "weight"));
  EXPECT_FALSE(parametrize::is_parametrized(fc, "bias"));

  const auto x = torch::randn({4, 5}, on_device());
  Tensor y;
  for (int i = 0; i < 30; ++i) {
    y = fc(x);
  }
  EXPECT_TRUE(torch::allclose(y, torch::addmm(fc->bias, x, unit_spectrum(weight).t()), 1e-3, 1e-4));
  y.pow(2).sum().backward();
  EXPECT_TRUE(weight.grad().defined() && weight.grad().abs().sum().item<double>() > 0);
}

TEST_P(Parametrize, PowerIterationInTrainingOnly) {
  auto conv = hnn::Conv2d(2, 3, 3);
  conv->to(device());
  parametrizations::spectral_norm(conv);
  const auto u = [&] { return conv->named_buffers()["parametrizations.weight.0._u"].clone(); };
  const auto x = torch::randn({1, 2, 5, 5}, on_device());
  const auto start = u();
  conv(x);
  const auto trained = u();
  EXPECT_FALSE(torch::equal(start, trained));
  conv->eval();
  const auto y = conv(x);
  EXPECT_TRUE(identical(u(), trained));
  EXPECT_TRUE(identical(conv(x), y));
  EXPECT_TRUE(identical(parametrize::value(conv), conv->weight.detach()));
}

TEST_P(Parametrize, TwoForwardsBeforeOneBackward) {
  auto critic = hnn::Linear(4, 1);
  critic->to(device());
  parametrizations::spectral_norm(critic);
  const auto loss =
      critic(torch::randn({3, 4}, on_device())).mean() - critic(torch::randn({3, 4}, on_device())).mean();
  loss.backward();
  EXPECT_TRUE(critic->named_parameters()["parametrizations.weight.original"].grad().defined());
}

TEST_P(Parametrize, WeightNormHasPythonsKeys) {
  auto fc = hnn::Linear(5, 3);
  fc->to(device());
  const auto weight = fc->weight.detach().clone();
  parametrizations::weight_norm(fc);
  EXPECT_THAT(
      keys_of(*fc),
      ElementsAre("bias", "parametrizations.weight.original0", "parametrizations.weight.original1"));
  auto parameters = fc->named_parameters();
  EXPECT_EQ(parameters["parametrizations.weight.original0"].sizes(), (std::vector<int64_t>{3, 1}));
  const auto x = torch::randn({4, 5}, on_device());
  EXPECT_TRUE(torch::allclose(fc(x), torch::addmm(fc->bias, x, weight.t()), 1e-4, 1e-6));
  {
    torch::NoGradGuard no_grad;
    parameters["parametrizations.weight.original0"].fill_(2);
  }
  fc(x).sum().backward();
  EXPECT_TRUE(torch::allclose(fc->weight.norm(2, 1), torch::full({3}, 2.0, on_device())));
  EXPECT_TRUE(parameters["parametrizations.weight.original1"].grad().defined());
}

TEST_P(Parametrize, MovesAndSavesWithTheModule) {
  Net net, other;
  for (auto* model : {&net, &other}) {
    parametrizations::spectral_norm((*model)->conv);
    parametrizations::weight_norm((*model)->fc);
  }
  net->to(device(), torch::kDouble);
  const auto x = torch::randn({2, 2, 6, 6}, on_device().dtype(torch::kDouble));
  net->eval();
  const auto y = net(x);
  EXPECT_EQ(y.scalar_type(), torch::kDouble);

  std::stringstream file;
  torch::save(net, file);
  other->to(device(), torch::kDouble);
  torch::load(other, file);
  other->eval();
  EXPECT_TRUE(identical(other(x), y));

  Net third;
  parametrizations::spectral_norm(third->conv);
  parametrizations::weight_norm(third->fc);
  third->to(device(), torch::kDouble);
  EXPECT_TRUE(torchtidy::load_state_dict(third, torchtidy::state_dict(net)).complete());
  third->eval();
  EXPECT_TRUE(identical(third(x), y));
}

TEST_P(Parametrize, ClonesComputeFromTheirOwn) {
  Net net;
  net->to(device());
  parametrizations::spectral_norm(net->conv);
  parametrizations::weight_norm(net->fc);
  const auto x = torch::randn({2, 2, 6, 6}, on_device());
  net(x);
  net->eval();
  const auto y = net(x);
  auto copy = Net(std::dynamic_pointer_cast<Net::ContainedType>(net->clone()));
  EXPECT_THAT(keys_of(*copy), testing::ElementsAreArray(keys_of(*net)));
  EXPECT_TRUE(identical(copy(x), y));

  {
    torch::NoGradGuard no_grad;
    for (auto& parameter : copy->parameters()) {
      parameter.mul_(3);
    }
  }
  EXPECT_FALSE(torch::allclose(copy(x), y)) << "it computes anew";
  EXPECT_TRUE(identical(net(x), y)) << "nothing is shared";
  copy(x).sum().backward();
  for (const auto& parameter : copy->named_parameters()) {
    EXPECT_TRUE(parameter.value().grad().defined()) << parameter.key();
  }
  for (const auto& parameter : net->named_parameters()) {
    EXPECT_FALSE(parameter.value().grad().defined()) << parameter.key();
  }
}

TEST_P(Parametrize, ACloneIteratesOnceAForward) {
  Normed net; // its reset() parametrizes the clone as well
  net->to(device());
  Normed copy(std::dynamic_pointer_cast<NormedImpl>(net->clone()));
  const auto x = torch::randn({2, 4}, on_device());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(identical(copy->forward(x), net->forward(x))) << i;
    EXPECT_TRUE(identical(
        copy->named_buffers()["fc.parametrizations.weight.0._u"],
        net->named_buffers()["fc.parametrizations.weight.0._u"]))
        << i;
  }
}

TEST(Parametrized, ALayerClonesWithItsMode) {
  auto fc = parametrizations::spectral_norm(hnn::Linear(4, 3));
  fc->eval();
  fc(torch::randn({1, 4}));
  auto copy = std::dynamic_pointer_cast<hnn::Linear::ContainedType>(fc->clone());
  EXPECT_FALSE(copy->is_training());
  const auto x = torch::randn({2, 4});
  EXPECT_TRUE(identical(copy->forward(x), fc(x)));
  fc = nullptr;
  EXPECT_TRUE(copy->forward(x).requires_grad());
}

TEST(Parametrized, CopiedHooksDoNotComputeTwice) {
  Net net;
  parametrizations::spectral_norm(net->conv);
  auto copy = Net(std::dynamic_pointer_cast<Net::ContainedType>(net->clone()));
  const auto handles = torchtidy::copy_hooks(*net, *copy);
  EXPECT_TRUE(handles.empty());
}

TEST(Parametrized, RemovedLeavesTheValue) {
  auto fc = hnn::Linear(5, 3);
  const Tensor weight = fc->weight;
  parametrizations::spectral_norm(fc);
  fc->eval();
  const auto x = torch::randn({2, 5});
  const auto y = fc(x);
  parametrize::remove_parametrizations(fc, "weight");
  EXPECT_THAT(keys_of(*fc), ElementsAre("bias", "weight"));
  EXPECT_TRUE(fc->weight.is_same(weight) && weight.is_leaf() && weight.requires_grad());
  EXPECT_TRUE(identical(fc(x), y));
  EXPECT_TRUE(identical(fc(x), y)) << "nothing computes it any more";
  EXPECT_THROW(parametrize::remove_parametrizations(fc, "weight"), c10::Error);

  parametrizations::weight_norm(fc);
  EXPECT_THAT(
      error_of([&] { parametrize::remove_parametrizations(fc, "weight", false); }), HasSubstr("several"));
  parametrize::remove_parametrizations(fc, "weight");
  EXPECT_TRUE(fc->weight.requires_grad() && fc->weight.is_leaf());
  EXPECT_TRUE(torch::allclose(fc(x), y));
  EXPECT_NO_THROW(fc->clone());
}

TEST(Parametrized, OwnOnesInARow) {
  auto fc = hnn::Linear(3, 3);
  const auto weight = fc->weight.detach().clone();
  parametrize::register_parametrization(fc, "weight", std::make_shared<Symmetric>());
  parametrize::register_parametrization(fc, "weight", std::make_shared<Twice>());
  EXPECT_TRUE(identical(parametrize::value(fc), 2 * (weight.triu() + weight.triu(1).t())));
  const auto wanted = torch::eye(3) * 4;
  parametrize::assign(*fc, "weight", wanted);
  EXPECT_TRUE(identical(parametrize::value(fc), wanted));
  EXPECT_TRUE(identical(fc->parameters()[1], wanted / 2));
  parametrize::remove_parametrizations(fc, "weight", /*leave_parametrized=*/false);
  EXPECT_TRUE(identical(fc->weight, wanted / 2));
}

TEST(Parametrized, OwnClassesNameTheMember) {
  Scale net;
  EXPECT_THAT(
      error_of([&] { parametrize::register_parametrization(net, "scale", std::make_shared<Symmetric>()); }),
      HasSubstr("&MyImpl::scale"));
  parametrize::register_parametrization(net, "scale", &ScaleImpl::scale, std::make_shared<Symmetric>());
  const auto x = torch::randn({2, 3});
  EXPECT_TRUE(identical(net(x), x.matmul(torch::ones({3, 3}))));
  const auto copy = std::dynamic_pointer_cast<Scale::ContainedType>(net->clone());
  EXPECT_TRUE(identical(copy->forward(x), net(x)));
  {
    torch::NoGradGuard no_grad;
    copy->parameters()[0].zero_();
  }
  EXPECT_EQ(copy->forward(x).abs().sum().item<double>(), 0);
}

TEST(Parametrized, BuffersAndFrozenParametersStayWhatTheyAre) {
  auto norm = hnn::BatchNorm1d(3);
  norm->weight.requires_grad_(false);
  parametrize::register_parametrization(norm, "weight", std::make_shared<Twice>());
  EXPECT_FALSE(norm->named_parameters()["parametrizations.weight.original"].requires_grad());
  EXPECT_TRUE(identical(parametrize::value(norm), torch::ones({3})));
}

TEST(Parametrized, ErrorsSayWhatToDo) {
  auto fc = hnn::Linear(3, 2);
  EXPECT_THAT(error_of([&] { parametrizations::spectral_norm(fc, "wieght"); }), HasSubstr("'weight'"));
  EXPECT_THAT(
      error_of([&] { parametrize::register_parametrization(fc, "weight", std::make_shared<Narrow>()); }),
      HasSubstr("[2, 3]"));
  EXPECT_THAT(keys_of(*fc), ElementsAre("weight", "bias")) << "nothing was changed";
  nn::Linear plain(3, 2);
  EXPECT_THAT(error_of([&] { parametrizations::weight_norm(plain); }), HasSubstr("hnn::Linear"));
  hnn::LSTM lstm(3, 2);
  EXPECT_THAT(error_of([&] { parametrizations::weight_norm(lstm, "weight_hh_l0"); }), HasSubstr("LSTMCell"));
  EXPECT_THAT(
      error_of([&] {
        parametrizations::spectral_norm(
            fc, "weight", parametrizations::SpectralNormOptions().n_power_iterations(0));
      }),
      HasSubstr("positive"));
}

TEST(Parametrized, OldKeysOfWeightNormLoad) {
  auto fc = parametrizations::weight_norm(hnn::Linear(3, 2));
  torchtidy::StateDict old;
  old.insert("bias", torch::zeros({2}));
  old.insert("weight_g", torch::full({2, 1}, 5.0));
  old.insert("weight_v", torch::ones({2, 3}));
  EXPECT_TRUE(torchtidy::load_state_dict(fc, old).complete());
  EXPECT_TRUE(torch::allclose(parametrize::value(fc).norm(2, 1), torch::full({2}, 5.0)));
}

TEST(Parametrized, IsALayerForInspectorsAndSummaries) {
  Net net;
  parametrizations::spectral_norm(net->conv);
  torchtidy::ActivationInspector activations(net);
  const auto table = torchtidy::summary(net, torch::rand({1, 2, 6, 6}));
  EXPECT_TRUE(table.unseen.empty() && table.suspects.empty());
  EXPECT_EQ(table.output_bytes, (3 * 4 * 4 + 2) * 4);
  EXPECT_EQ(activations.collect().layers().size(), 2u);
}

TEST(Parametrized, InASequentialOfPlainLayers) {
  nn::Sequential net(nn::Linear(3, 3), nn::ReLU());
  torchtidy::make_hookable(net);
  parametrizations::spectral_norm(*torchtidy::find_module(*net, "0"));
  net->eval();
  const auto x = torch::randn({2, 3});
  const auto y = net->forward(x);
  {
    torch::NoGradGuard no_grad;
    net->parameters()[0].zero_(); // the bias
    net->parameters()[1].mul_(2);
  }
  EXPECT_FALSE(torch::allclose(net->forward(x), y));
}

} // namespace
