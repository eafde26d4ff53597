// Initialisers against their formulas, rules, and strategies.

#include "device_test.h"

#include <torchtidy/init.h>

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <functional>

namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torchtidy::Fan;
using torchtidy::Generator;
using torchtidy::Initializer;
using torchtidy::InitRules;
namespace init = torchtidy::init;

namespace {

Generator seeded(uint64_t seed = 7) {
  return at::make_generator<at::CPUGeneratorImpl>(seed);
}

Tensor filled(const Initializer& initializer, at::IntArrayRef sizes, const Generator& generator = seeded()) {
  const auto tensor = torch::full(sizes, 77.0, torch::kDouble);
  EXPECT_TRUE(initializer(tensor, generator));
  return tensor;
}

double normal_below(double x) {
  return std::erfc(-x / std::sqrt(2.0)) / 2;
}

/// The Kolmogorov–Smirnov distance between the values of `sample` and the distribution `below`.
double distance(const Tensor& sample, const std::function<double(double)>& below) {
  const auto sorted = std::get<0>(sample.flatten().sort());
  const double* values = sorted.data_ptr<double>();
  const auto count = static_cast<double>(sorted.numel());
  double largest = 0;
  for (int64_t i = 0; i < sorted.numel(); ++i) {
    const double expected = below(values[i]);
    largest = std::max(
        {largest,
         std::abs(expected - static_cast<double>(i) / count),
         std::abs(expected - static_cast<double>(i + 1) / count)});
  }
  return largest;
}

void expect_uniform(const Initializer& initializer, at::IntArrayRef sizes, double a, double b) {
  const auto values = filled(initializer, sizes);
  // A distance of 1.95 / sqrt(n) is passed by chance once in a thousand seeds, and the seed is fixed.
  const double limit = 1.95 / std::sqrt(static_cast<double>(values.numel()));
  const auto below = [&](double x) { return std::min(1.0, std::max(0.0, (x - a) / (b - a))); };
  EXPECT_LT(distance(values, below), limit) << initializer.text();
  EXPECT_GE(values.min().item<double>(), a) << initializer.text();
  EXPECT_LE(values.max().item<double>(), b) << initializer.text();
}

void expect_normal(const Initializer& initializer, at::IntArrayRef sizes, double mean, double std) {
  const auto values = filled(initializer, sizes);
  const double limit = 1.95 / std::sqrt(static_cast<double>(values.numel()));
  const auto below = [&](double x) { return normal_below((x - mean) / std); };
  EXPECT_LT(distance(values, below), limit) << initializer.text();
  EXPECT_NEAR(values.mean().item<double>(), mean, 0.03 * std) << initializer.text();
  EXPECT_NEAR(values.std().item<double>(), std, 0.03 * std) << initializer.text();
}

TEST(Init, DistributionsAreThoseOfTheFormulas) {
  const std::vector<int64_t> linear = {160, 240}; // fan in 240, fan out 160
  expect_uniform(init::uniform(-2, 5), linear, -2, 5);
  expect_normal(init::normal(3, 0.5), linear, 3, 0.5);
  const double xavier = 1.5 * std::sqrt(2.0 / 400);
  expect_uniform(init::xavier_uniform(1.5), linear, -std::sqrt(3.0) * xavier, std::sqrt(3.0) * xavier);
  expect_normal(init::xavier_normal(1.5), linear, 0, xavier);
  const double out = std::sqrt(2.0 / 160), in = std::sqrt(2.0 / (1 + 0.04) / 240);
  expect_normal(init::kaiming_normal(0, Fan::out, "relu"), linear, 0, out);
  expect_uniform(init::kaiming_uniform(0.2), linear, -std::sqrt(3.0) * in, std::sqrt(3.0) * in);
  expect_uniform(init::kaiming_uniform(), linear, -std::sqrt(6.0 / 240), std::sqrt(6.0 / 240));

  const std::vector<int64_t> convolution = {40, 30, 3, 5}; // fan in 450, fan out 600
  expect_normal(init::kaiming_normal(0, Fan::in, "linear"), convolution, 0, std::sqrt(1.0 / 450));
  expect_normal(init::kaiming_normal(0, Fan::out, "tanh"), convolution, 0, 5.0 / 3 / std::sqrt(600.0));
  expect_normal(init::xavier_normal(), convolution, 0, std::sqrt(2.0 / 1050));
}

TEST(Init, TruncatedNormal) {
  const double mean = 1, std = 2, a = -1, b = 4;
  const auto values = filled(init::trunc_normal(mean, std, a, b), {200, 200});
  const double low = normal_below((a - mean) / std), high = normal_below((b - mean) / std);
  const auto below = [&](double x) { return (normal_below((x - mean) / std) - low) / (high - low); };
  EXPECT_LT(distance(values, below), 1.95 / 200);
  EXPECT_TRUE(values.min().item<double>() >= a && values.max().item<double>() <= b);
  EXPECT_THAT(error_of([] { torchtidy::trunc_normal_(torch::ones({2}), 0, -1); }), HasSubstr("std must be"));
}

TEST(Init, ConstantsAndIdentities) {
  EXPECT_TRUE(identical(filled(init::ones(), {2, 3}), torch::ones({2, 3}, torch::kDouble)));
  EXPECT_TRUE(identical(filled(init::zeros(), {2, 3}), torch::zeros({2, 3}, torch::kDouble)));
  EXPECT_TRUE(identical(filled(init::constant(0.3), {2}), torch::full({2}, 0.3, torch::kDouble)));
  EXPECT_TRUE(identical(filled(init::eye(), {2, 3}), torch::eye(2, 3, torch::kDouble)));
  const auto kernel = filled(init::dirac(), {2, 3, 3, 3});
  const auto x = torch::rand({1, 3, 5, 5}, torch::kDouble);
  EXPECT_TRUE(identical(torch::conv2d(x, kernel, {}, 1, 1), x.slice(1, 0, 2))) << "passes channels on";
}

TEST(Init, OrthogonalRowsOrColumns) {
  for (const std::vector<int64_t>& sizes : {std::vector<int64_t>{5, 8}, {8, 5}, {6, 6}, {4, 3, 2, 2}}) {
    const auto flat = filled(init::orthogonal(3), sizes).flatten(1);
    const auto product = flat.size(0) <= flat.size(1) ? flat.mm(flat.t()) : flat.t().mm(flat);
    EXPECT_TRUE(torch::allclose(product, 9 * torch::eye(product.size(0), torch::kDouble))) << flat.sizes();
  }
  EXPECT_THAT(error_of([] { filled(init::orthogonal(), {3}); }), HasSubstr("at least 2 dimensions"));
}

TEST(Init, SparseColumns) {
  const auto values = filled(init::sparse(0.25, 2), {90, 200});
  const auto zeros = (values == 0).sum(0);
  EXPECT_EQ(zeros.min().item<int64_t>(), 23) << "a quarter of 90, rounded up";
  EXPECT_EQ(zeros.max().item<int64_t>(), 23);
  EXPECT_NEAR(values.masked_select(values != 0).std().item<double>(), 2, 0.06);
  EXPECT_GT((values == 0).sum(1).min().item<int64_t>(), 0) << "spread over all rows";
}

TEST(Init, GeneratorsGradientsAndUndefinedTensors) {
  for (const auto& initializer :
       {init::uniform(),
        init::normal(),
        init::trunc_normal(),
        init::xavier_uniform(),
        init::kaiming_normal(),
        init::orthogonal(),
        init::sparse(0.5)}) {
    const auto first = filled(initializer, {4, 6});
    torch::rand({1}); // the default generator has no part in it
    EXPECT_TRUE(identical(filled(initializer, {4, 6}), first)) << initializer.text();
    EXPECT_FALSE(torch::equal(filled(initializer, {4, 6}, seeded(8)), first)) << initializer.text();
  }
  const auto weight = torch::zeros({2, 2}).requires_grad_();
  EXPECT_TRUE(init::ones()(weight));
  EXPECT_TRUE(weight.is_leaf() && weight.requires_grad() && weight.sum().item<double>() == 4);
  EXPECT_FALSE(init::ones()(Tensor()));
}

TEST(Init, Gains) {
  EXPECT_EQ(torchtidy::calculate_gain("linear"), 1);
  EXPECT_EQ(torchtidy::calculate_gain("conv2d"), 1);
  EXPECT_DOUBLE_EQ(torchtidy::calculate_gain("tanh"), 5.0 / 3);
  EXPECT_DOUBLE_EQ(torchtidy::calculate_gain("gelu"), std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(torchtidy::calculate_gain("leaky_relu", 2), std::sqrt(0.4));
  EXPECT_DOUBLE_EQ(torchtidy::calculate_gain("selu"), 0.75);
  EXPECT_THAT(error_of([] { torchtidy::calculate_gain("swish"); }), HasSubstr("'swish' is not known"));
}

TEST(Init, LaterRulesWinAndTheRestIsNamed) {
  nn::Sequential net(nn::Linear(2, 3), nn::BatchNorm1d(3), nn::Linear(nn::LinearOptions(3, 1).bias(false)));
  InitRules rules;
  rules.layer<nn::LinearImpl>("weight", init::constant(1), "first");
  rules.name("2.*", init::constant(2), "second");
  rules.name("*.running_mean", init::constant(3));
  const auto bias = net[0]->as<nn::Linear>()->bias.detach().clone();
  EXPECT_THAT(rules.apply(net), ElementsAre("0.bias", "1.weight", "1.bias"));
  EXPECT_EQ(net[0]->as<nn::Linear>()->weight.mean().item<double>(), 1);
  EXPECT_EQ(net[2]->as<nn::Linear>()->weight.mean().item<double>(), 2);
  EXPECT_EQ(net[1]->as<nn::BatchNorm1d>()->running_mean.mean().item<double>(), 3);
  EXPECT_TRUE(identical(net[0]->as<nn::Linear>()->bias.detach(), bias));
  EXPECT_EQ(
      rules.explain(net),
      "0.weight [3, 2]: constant(1) (first)\n"
      "0.bias [3]: left alone\n"
      "1.weight [3]: left alone\n"
      "1.bias [3]: left alone\n"
      "1.running_mean [3]: constant(3)\n"
      "2.weight [1, 3]: constant(2) (second)\n");
  rules.name("0.bias", init::orthogonal());
  EXPECT_THAT(
      error_of([&] { rules.apply(net); }),
      HasSubstr("Cannot initialise '0.bias' [3] with orthogonal(1): orthogonal needs at least 2 dimensions"));
}

TEST(Init, PaddingRowsStayZero) {
  nn::Sequential net(
      nn::Embedding(nn::EmbeddingOptions(4, 3).padding_idx(1)),
      nn::EmbeddingBag(nn::EmbeddingBagOptions(4, 3).padding_idx(-1)));
  torchtidy::init_strategy("relu").apply(net, seeded());
  const auto embedding = net[0]->as<nn::Embedding>()->weight;
  EXPECT_EQ(embedding[1].abs().sum().item<double>(), 0);
  EXPECT_NE(embedding[0].abs().sum().item<double>(), 0);
  EXPECT_EQ(net[1]->as<nn::EmbeddingBag>()->weight[3].abs().sum().item<double>(), 0);
}

TEST(Init, BiasesAreThoseThatAreCalledSo) {
  struct DebiaserImpl : nn::Module {
    DebiaserImpl() {
      scale = register_parameter("scale", torch::ones({2}));
      bias = register_parameter("query_bias", torch::ones({2}));
      steps = register_buffer("bias_correction_steps", torch::ones({1}, torch::kLong));
      mask = register_buffer("bias", torch::ones({2}));
    }
    Tensor scale, bias, steps, mask;
  };
  nn::Module model;
  const auto debiaser = model.register_module("debiaser", std::make_shared<DebiaserImpl>());
  EXPECT_THAT(torchtidy::init_strategy("relu").apply(model), ElementsAre("debiaser.scale"));
  EXPECT_EQ(debiaser->scale.sum().item<double>(), 2);
  EXPECT_EQ(debiaser->bias.sum().item<double>(), 0);
  EXPECT_EQ(debiaser->steps.item<int64_t>(), 1);
  EXPECT_EQ(debiaser->mask.sum().item<double>(), 2) << "a buffer";
}

TEST(Init, EachGateIsOrthogonalByItself) {
  nn::LSTM lstm(nn::LSTMOptions(3, 4).num_layers(2));
  torchtidy::init_strategy("tanh").apply(lstm, seeded());
  for (const auto* name : {"weight_hh_l0", "weight_hh_l1"}) {
    for (const auto& gate : lstm->named_parameters()[name].detach().chunk(4)) {
      EXPECT_TRUE(torch::allclose(gate.matmul(gate.t()), torch::eye(4), 1e-4, 1e-5)) << name;
    }
  }
  const double bound = std::sqrt(6.0 / (3 + 4));
  EXPECT_GT(lstm->named_parameters()["weight_ih_l0"].abs().max().item<double>(), 0.8 * bound);
}

TEST(Init, RulesThatFitNothingAreNamed) {
  nn::Sequential net{nn::Linear(2, 2)};
  auto rules = torchtidy::init_strategy("relu");
  rules.name("0.wieght", init::zeros());
  rules.layer<nn::Conv2dImpl>("weight", init::zeros());
  const auto explained = rules.explain(net);
  EXPECT_THAT(explained, HasSubstr("the rule zeros() for '0.wieght' fits nothing; the tensors: '0.weight'"));
  EXPECT_THAT(explained, HasSubstr("the rule zeros() for layers with 'weight' fits nothing"));
  testing::internal::CaptureStderr();
  rules.apply(net);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("'0.wieght' fits nothing"));
  testing::internal::CaptureStderr();
  torchtidy::init_strategy("relu").apply(net);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Init, StrategiesByActivation) {
  nn::Sequential net(
      nn::Conv2d(2, 3, 1),
      nn::Linear(2, 3),
      nn::LayerNorm(nn::LayerNormOptions({2})),
      nn::Embedding(2, 3),
      nn::GRU(2, 3),
      nn::MultiheadAttention(4, 2),
      nn::PReLU());
  const auto explained = [&](const std::string& activation) {
    return torchtidy::init_strategy(activation).explain(net);
  };
  const auto relu = explained("relu");
  for (const std::string line :
       {"0.weight [3, 2, 1, 1]: kaiming_normal(fan_out, relu) (convolution before relu)",
        "0.bias [3]: zeros() (biases start at zero)",
        "1.weight [3, 2]: kaiming_uniform(fan_in, relu) (linear layer before relu)",
        "2.weight [2]: ones() (norms start as the identity)",
        "3.weight [2, 3]: normal(0, 1) (embedding)",
        "4.weight_ih_l0 [9, 2]: xavier_uniform(1) of each gate (gates)",
        "4.weight_hh_l0 [9, 3]: orthogonal(1) of each gate (recurrence keeps its norm)",
        "5.in_proj_weight [12, 4]: xavier_uniform(1) (attention)",
        "5.out_proj.weight [4, 4]: kaiming_uniform(fan_in, relu) (linear layer before relu)",
        "6.weight [1]: constant(0.25) (as PReLU's default)"}) {
    EXPECT_THAT(relu, HasSubstr(line + "\n"));
  }
  EXPECT_THAT(explained("gelu"), HasSubstr("0.weight [3, 2, 1, 1]: kaiming_normal(fan_out, gelu)"));
  EXPECT_THAT(explained("gelu"), HasSubstr("1.weight [3, 2]: xavier_uniform(1)"));
  EXPECT_THAT(explained("tanh"), HasSubstr("0.weight [3, 2, 1, 1]: xavier_uniform(1.66667)"));
  EXPECT_THAT(explained("tanh"), HasSubstr("1.weight [3, 2]: xavier_uniform(1.66667)"));
  EXPECT_THAT(explained("linear"), HasSubstr("1.weight [3, 2]: xavier_uniform(1)"));
  EXPECT_THAT(error_of([] { torchtidy::init_strategy("swish"); }), HasSubstr("'swish' is not known"));

  EXPECT_THAT(torchtidy::init_strategy("relu").apply(net, seeded()), testing::IsEmpty());
  const auto first = net[0]->as<nn::Conv2d>()->weight.detach().clone();
  torchtidy::init_strategy("relu").apply(net, seeded());
  EXPECT_TRUE(identical(net[0]->as<nn::Conv2d>()->weight.detach(), first)) << "the generator's seed decides";
}

} // namespace
