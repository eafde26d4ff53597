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

bool is_orthogonal(const Tensor& weight) {
  const Tensor tall = weight.size(-2) < weight.size(-1) ? weight.mT() : weight;
  const Tensor id = torch::eye(tall.size(-1), tall.options());
  return torch::allclose(tall.mH().matmul(tall), id, 1e-4, 1e-5);
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
  const auto broken = std::make_shared<Twice>();
  broken->register_module("none", std::shared_ptr<nn::Module>());
  EXPECT_THAT(
      error_of([&] { parametrize::register_parametrization(fc, "weight", broken); }), HasSubstr("'none'"));
  EXPECT_THAT(keys_of(*fc), ElementsAre("weight", "bias")) << "nothing was changed";
  nn::Linear plain(3, 2);
  EXPECT_THAT(error_of([&] { parametrizations::weight_norm(plain); }), HasSubstr("hnn::Linear"));
  EXPECT_THAT(
      error_of([&] {
        parametrizations::spectral_norm(
            fc, "weight", parametrizations::SpectralNormOptions().n_power_iterations(0));
      }),
      HasSubstr("positive"));
}

TEST_P(Parametrize, OrthogonalInEveryWay) {
  using parametrizations::OrthogonalMap;
  using parametrizations::OrthogonalOptions;
  const auto x = torch::randn({5, 4}, on_device());
  for (const int64_t out : {2, 4, 6}) {
    for (const auto map : {OrthogonalMap::matrix_exp, OrthogonalMap::cayley, OrthogonalMap::householder}) {
      for (const bool trivialized : {true, false}) {
        hnn::Linear fc(4, out);
        fc->to(device());
        const auto weight = fc->weight;
        parametrizations::orthogonal(
            fc, "weight", OrthogonalOptions().orthogonal_map(map).use_trivialization(trivialized));
        EXPECT_TRUE(is_orthogonal(fc->weight)) << "before the first forward";
        EXPECT_EQ(
            keys_of(*fc).size(), trivialized ? 3u : 2u); // bias, parametrizations.weight.{original,0.base}
        EXPECT_TRUE(fc->named_parameters()["parametrizations.weight.original"].is_same(weight));
        torch::optim::SGD optimizer(fc->parameters(), 0.1);
        const auto before = parametrize::value(fc).detach().clone();
        fc(x).pow(3).sum().backward();
        optimizer.step();
        const auto after = parametrize::value(fc);
        EXPECT_TRUE(is_orthogonal(after));
        EXPECT_FALSE(torch::allclose(after, before));
        const auto copy = std::dynamic_pointer_cast<hnn::LinearImpl>(fc->clone());
        EXPECT_TRUE(torch::allclose(copy->forward(x), fc(x)));
        const auto wanted = torch::nn::init::orthogonal_(torch::empty({out, 4})).to(device());
        if (trivialized || map == OrthogonalMap::householder) {
          parametrize::assign(fc, "weight", wanted);
          EXPECT_TRUE(torch::allclose(parametrize::value(fc), wanted, 1e-4, 1e-5));
          EXPECT_FALSE(torch::allclose(copy->forward(x), fc(x))) << "a clone has its own base";
        } else {
          EXPECT_THAT(error_of([&] { parametrize::assign(fc, "weight", wanted); }), HasSubstr("householder"));
        }
        parametrize::remove_parametrizations(fc, "weight");
        EXPECT_TRUE(is_orthogonal(fc->weight) && fc->weight.is_same(weight));
      }
    }
  }
}

TEST(Parametrized, OrthogonalKeepsWhatIsOrthogonal) {
  hnn::Linear fc(4, 4);
  torch::nn::init::orthogonal_(fc->weight);
  const auto weight = fc->weight.detach().clone();
  parametrizations::orthogonal(fc);
  EXPECT_TRUE(torch::allclose(fc->weight, weight));
  const auto conv = parametrizations::orthogonal(hnn::Conv2d(2, 3, 3)); // a batch of 3 x 3 matrices
  EXPECT_TRUE(is_orthogonal(conv->weight));
}

TEST(Parametrized, OrthogonalErrorsSayWhatToDo) {
  using parametrizations::OrthogonalMap;
  using parametrizations::OrthogonalOptions;
  auto fc = hnn::Linear(3, 2);
  EXPECT_THAT(error_of([&] { parametrizations::orthogonal(fc, "bias"); }), HasSubstr("matrix"));
  parametrizations::weight_norm(fc);
  EXPECT_THAT(error_of([&] { parametrizations::orthogonal(fc); }), HasSubstr("use_trivialization(false)"));
  auto options = OrthogonalOptions().use_trivialization(false);
  EXPECT_THAT(error_of([&] { parametrizations::orthogonal(fc, "weight", options); }), HasSubstr("cayley"));
  parametrizations::orthogonal(fc, "weight", options.orthogonal_map(OrthogonalMap::cayley));
  EXPECT_TRUE(is_orthogonal(fc->weight));
  hnn::Linear complex(3, 3);
  complex->to(torch::kComplexFloat);
  const auto weight = complex->weight.detach().clone();
  EXPECT_THAT(
      error_of([&] {
        parametrizations::orthogonal(
            complex, "weight", OrthogonalOptions().orthogonal_map(OrthogonalMap::householder));
      }),
      HasSubstr("cayley"));
  EXPECT_TRUE(identical(complex->weight, weight));
  parametrizations::orthogonal(complex);
  EXPECT_TRUE(is_orthogonal(complex->weight));
}

TEST(Parametrized, NothingIsChangedWhereTheValueDoesNotFit) {
  struct Doubled : parametrize::Parametrization<Doubled> {
    Tensor forward(const Tensor& x) {
      return torch::cat({x, x});
    }
    std::vector<Tensor> right_inverse(const Tensor& value) override {
      return {value * 2};
    }
  };
  auto fc = hnn::Linear(3, 2);
  const auto weight = fc->weight.detach().clone();
  EXPECT_THROW(parametrize::register_parametrization(fc, "weight", std::make_shared<Doubled>()), c10::Error);
  EXPECT_TRUE(identical(fc->weight, weight));
  EXPECT_THAT(keys_of(*fc), ElementsAre("weight", "bias"));
}

template <typename Holder>
Tensor output_of(Holder& layer, const Tensor& x) {
  return std::get<0>(layer->forward(x));
}

TEST_P(Parametrize, WeightsOfRecurrentLayers) {
  const auto x = torch::randn({5, 2, 3}, on_device());
  const auto check = [&](auto layer) {
    using Holder = decltype(layer);
    layer->to(device());
    const auto before = output_of(layer, x);
    parametrizations::weight_norm(layer, "weight_ih_l0");
    parametrizations::weight_norm(layer, "weight_hh_l1_reverse");
    EXPECT_TRUE(torch::allclose(output_of(layer, x), before, 1e-4, 1e-5));
    EXPECT_THAT(keys_of(*layer), testing::Contains("parametrizations.weight_hh_l1_reverse.original0"));

    auto original = layer->named_parameters()["parametrizations.weight_ih_l0.original0"];
    output_of(layer, x).sum().backward();
    EXPECT_TRUE(original.grad().defined() && original.grad().abs().sum().template item<double>() > 0);
    const auto copy = std::dynamic_pointer_cast<typename Holder::ContainedType>(layer->clone());
    const auto same = output_of(layer, x);
    {
      torch::NoGradGuard no_grad;
      original.mul_(2);
    }
    const auto doubled = output_of(layer, x);
    EXPECT_FALSE(torch::allclose(doubled, same));
    EXPECT_TRUE(torch::allclose(std::get<0>(copy->forward(x)), same, 1e-4, 1e-5)) << "it has its own";

    layer->to(torch::kDouble);
    EXPECT_TRUE(
        torch::allclose(output_of(layer, x.to(torch::kDouble)).to(torch::kFloat), doubled, 1e-4, 1e-5));
    layer->to(torch::kFloat);
    const auto packed = torch::nn::utils::rnn::pack_padded_sequence(x, torch::tensor({5, 5}));
    EXPECT_TRUE(
        torch::allclose(
            std::get<0>(layer->forward_with_packed_input(packed)).data().reshape(doubled.sizes()),
            doubled,
            1e-4,
            1e-5));

    parametrize::remove_parametrizations(layer, "weight_ih_l0");
    parametrize::remove_parametrizations(layer, "weight_hh_l1_reverse");
    EXPECT_TRUE(torch::allclose(output_of(layer, x), doubled, 1e-4, 1e-5));
    torch::NoGradGuard no_grad;
    layer->named_parameters()["weight_ih_l0"].zero_();
    EXPECT_FALSE(torch::allclose(output_of(layer, x), doubled)) << "the parameter is the weight again";
  };
  check(hnn::LSTM(nn::LSTMOptions(3, 4).num_layers(2).bidirectional(true)));
  check(hnn::GRU(nn::GRUOptions(3, 4).num_layers(2).bidirectional(true)));
  check(hnn::RNN(nn::RNNOptions(3, 4).num_layers(2).bidirectional(true)));
  hnn::LSTM lstm(3, 2);
  EXPECT_THAT(
      error_of([&] { parametrizations::weight_norm(lstm, "weight_hh_l1"); }), HasSubstr("'weight_hh_l0'"));
}

struct TaggerImpl : nn::Cloneable<TaggerImpl> {
  TaggerImpl() {
    TaggerImpl::reset();
  }
  void reset() override {
    lstm = register_module("lstm", hnn::LSTM(3, 4));
  }
  Tensor forward(Tensor x) {
    return std::get<0>(lstm->forward(x));
  }
  hnn::LSTM lstm{nullptr};
};
TORCH_MODULE(Tagger);

TEST(Parametrized, RecurrentLayersInAClonedModel) {
  Tagger net;
  parametrizations::orthogonal(net->lstm, "weight_hh_l0");
  const auto copy = std::dynamic_pointer_cast<TaggerImpl>(net->clone());
  const auto x = torch::randn({5, 2, 3});
  const auto same = net->forward(x);
  EXPECT_TRUE(identical(copy->forward(x), same));
  {
    torch::NoGradGuard no_grad;
    auto& original = copy->named_parameters()["lstm.parametrizations.weight_hh_l0.original"];
    original.add_(torch::ones_like(original).tril(-1)); // the diagonal has to stay 1 and -1
  }
  EXPECT_FALSE(torch::allclose(copy->forward(x), same));
  EXPECT_TRUE(identical(net->forward(x), same));
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
