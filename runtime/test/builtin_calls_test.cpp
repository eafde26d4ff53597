// The built-ins that builtins_test.cpp does not take through everything: each is called both ways,
// with hooks, and gives what LibTorch's own gives.

#include "builtin_checks.h"
#include "device_test.h"

#include <torchtidy/hnn.h>

#include <fstream>
#include <sstream>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using torch::Tensor;
using torch::nn::Module;
using torchtidy::Values;

namespace {

template <typename Plain, typename Hooked, typename Make, typename... Inputs>
void check_calls(torch::Device device, Make make, const Inputs&... inputs) {
  const auto build = [&](auto* holder) {
    torch::manual_seed(3);
    auto module = make(holder);
    module->to(device);
    module->eval();
    return module;
  };
  Plain plain = build(static_cast<Plain*>(nullptr));
  Hooked hooked = build(static_cast<Hooked*>(nullptr));
  EXPECT_EQ(hooked->name(), plain->name());
  EXPECT_EQ(printed(*hooked), printed(*plain));
  EXPECT_EQ(hooked->named_parameters().keys(), plain->named_parameters().keys());
  EXPECT_EQ(hooked->named_modules().keys(), plain->named_modules().keys());

  // Fractional pooling draws its samples anew.
  const auto seeded = [](auto&& call) {
    torch::manual_seed(5);
    return tensors_of(call());
  };
  const auto expected = seeded([&] { return plain->forward(inputs...); });
  expect_same_tensors(seeded([&] { return hooked->forward(inputs...); }), expected);
  size_t calls = 0;
  auto pre = torchtidy::register_forward_pre_hook(hooked, [&](Module&, Values& in) {
    EXPECT_GE(in.size(), sizeof...(Inputs));
    ++calls;
  });
  auto post = torchtidy::register_forward_hook(hooked, [&](Module&, const Values&, Values& out) {
    EXPECT_FALSE(out.empty());
    ++calls;
  });
  expect_same_tensors(seeded([&] { return hooked->forward(inputs...); }), expected);
  expect_same_tensors(seeded([&] { return hooked(inputs...); }), expected);
  EXPECT_EQ(calls, 4u);
  const auto clone = std::dynamic_pointer_cast<typename Hooked::ContainedType>(hooked->clone());
  ASSERT_NE(clone, nullptr);
  clone->eval();
  expect_same_tensors(seeded([&] { return clone->forward(inputs...); }), expected);
  EXPECT_EQ(calls, 4u);
}

#define CHECK_CALLS(Name, ARGS, ...)                               \
  {                                                                \
    SCOPED_TRACE(#Name);                                           \
    const auto make = [&](auto* holder) {                          \
      using Holder = std::decay_t<decltype(*holder)>;              \
      return Holder ARGS;                                          \
    };                                                             \
    check_calls<nn::Name, hnn::Name>(device(), make, __VA_ARGS__); \
  }

class BuiltinCalls : public DeviceTest {};
INSTANTIATE_ON_DEVICES(BuiltinCalls);

TEST_P(BuiltinCalls, Activations) {
  const auto x = torch::randn({2, 4}, on_device());
  CHECK_CALLS(CELU, (), x);
  CHECK_CALLS(SELU, (), x);
  CHECK_CALLS(Hardshrink, (), x);
  CHECK_CALLS(Hardtanh, (), x);
  CHECK_CALLS(LogSigmoid, (), x);
  CHECK_CALLS(RReLU, (), x);
  CHECK_CALLS(Softshrink, (), x);
  CHECK_CALLS(Softsign, (), x);
  CHECK_CALLS(Tanhshrink, (), x);
  CHECK_CALLS(Softmin, (1), x);
  CHECK_CALLS(Softmax2d, (), torch::randn({2, 3, 4, 4}, on_device()));
}

TEST_P(BuiltinCalls, PoolingAndPadding) {
  const auto x1 = torch::rand({2, 4, 8}, on_device());
  const auto x2 = torch::rand({2, 4, 8, 8}, on_device());
  const auto x3 = torch::rand({2, 4, 8, 8, 8}, on_device());
  CHECK_CALLS(AdaptiveAvgPool1d, (3), x1);
  CHECK_CALLS(AdaptiveAvgPool3d, (2), x3);
  CHECK_CALLS(AdaptiveMaxPool1d, (3), x1);
  CHECK_CALLS(AdaptiveMaxPool3d, (2), x3);
  CHECK_CALLS(AvgPool1d, (2), x1);
  CHECK_CALLS(AvgPool3d, (2), x3);
  CHECK_CALLS(MaxPool1d, (2), x1);
  CHECK_CALLS(MaxPool3d, (2), x3);
  CHECK_CALLS(LPPool1d, (nn::LPPool1dOptions(2, 3)), x1);
  CHECK_CALLS(FractionalMaxPool2d, (nn::FractionalMaxPool2dOptions(2).output_size(3)), x2);
  CHECK_CALLS(FractionalMaxPool3d, (nn::FractionalMaxPool3dOptions(2).output_size(3)), x3);
  const auto indices = torch::arange(4, on_device().dtype(torch::kLong)) * 2;
  CHECK_CALLS(MaxUnpool1d, (2), torch::rand({1, 1, 4}, on_device()), indices.view({1, 1, 4}));
  CHECK_CALLS(MaxUnpool2d, (2), torch::rand({1, 1, 2, 2}, on_device()), indices.view({1, 1, 2, 2}));
  CHECK_CALLS(MaxUnpool3d, (2), torch::rand({1, 1, 1, 2, 2}, on_device()), indices.view({1, 1, 1, 2, 2}));
  CHECK_CALLS(ConstantPad1d, (nn::ConstantPad1dOptions(1, 0.5)), x1);
  CHECK_CALLS(ConstantPad2d, (nn::ConstantPad2dOptions(1, 0.5)), x2);
  CHECK_CALLS(ConstantPad3d, (nn::ConstantPad3dOptions(1, 0.5)), x3);
  CHECK_CALLS(ReflectionPad1d, (1), x1);
  CHECK_CALLS(ReflectionPad3d, (1), x3);
  CHECK_CALLS(ReplicationPad1d, (1), x1);
  CHECK_CALLS(ReplicationPad2d, (1), x2);
  CHECK_CALLS(ReplicationPad3d, (1), x3);
  CHECK_CALLS(PixelUnshuffle, (2), x2);
  CHECK_CALLS(CrossMapLRN2d, (3), x2);
  CHECK_CALLS(Dropout3d, (), x3);
  CHECK_CALLS(FeatureAlphaDropout, (), x2);
#if TORCHTIDY_TORCH_VERSION_NUMBER >= 21300
  CHECK_CALLS(LPPool3d, (nn::LPPool3dOptions(2, 2)), x3);
  CHECK_CALLS(ZeroPad1d, (1), x1);
  CHECK_CALLS(ZeroPad3d, (1), x3);
#endif
}

TEST_P(BuiltinCalls, Losses) {
  const auto a = torch::rand({3, 4}, on_device()) * 0.8 + 0.1;
  const auto b = torch::rand({3, 4}, on_device()) * 0.8 + 0.1;
  const auto zero_one = (b > 0.5).to(torch::kFloat);
  const auto signs = zero_one * 2 - 1;
  const auto classes = torch::tensor({0, 2, 1}, on_device().dtype(torch::kLong));
  CHECK_CALLS(BCELoss, (), a, zero_one);
  CHECK_CALLS(CosineEmbeddingLoss, (), a, b, signs.select(1, 0));
  CHECK_CALLS(HingeEmbeddingLoss, (), a, signs);
  CHECK_CALLS(HuberLoss, (), a, b);
  CHECK_CALLS(KLDivLoss, (), a.log(), b);
  CHECK_CALLS(MarginRankingLoss, (), a, b, signs);
  CHECK_CALLS(
      MultiLabelMarginLoss,
      (),
      a,
      torch::tensor({{3, 0, -1, 1}, {1, -1, 0, 2}, {0, 1, 2, 3}}, on_device().dtype(torch::kLong)));
  CHECK_CALLS(MultiLabelSoftMarginLoss, (), a, zero_one);
  CHECK_CALLS(MultiMarginLoss, (), a, classes);
  CHECK_CALLS(PoissonNLLLoss, (), a, b);
  CHECK_CALLS(SmoothL1Loss, (), a, b);
  CHECK_CALLS(SoftMarginLoss, (), a, signs);
  CHECK_CALLS(TripletMarginWithDistanceLoss, (), a, b, a * 2);
  const auto lengths = [&](int64_t n) { return torch::full({2}, n, on_device().dtype(torch::kLong)); };
  CHECK_CALLS(
      CTCLoss,
      (),
      torch::rand({5, 2, 4}, on_device()).log_softmax(2),
      torch::tensor({{1, 2}, {3, 1}}, on_device().dtype(torch::kLong)),
      lengths(5),
      lengths(2));
}

TEST_P(BuiltinCalls, Transformers) {
  const auto src = torch::rand({5, 2, 4}, on_device());
  const auto tgt = torch::rand({3, 2, 4}, on_device());
  const auto encoder = nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(8);
  const auto decoder = nn::TransformerDecoderLayerOptions(4, 2).dim_feedforward(8);
  CHECK_CALLS(TransformerDecoderLayer, (decoder), tgt, src);
  CHECK_CALLS(TransformerEncoder, (nn::TransformerEncoderOptions(encoder, 1)), src);
  CHECK_CALLS(TransformerDecoder, (nn::TransformerDecoderOptions(decoder, 1)), tgt, src);
  CHECK_CALLS(
      Transformer,
      (nn::TransformerOptions(4, 2).num_encoder_layers(1).num_decoder_layers(1).dim_feedforward(8)),
      src,
      tgt);
}

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(BuiltinTable, EveryNameIsCalled) {
  const std::string tests =
      read(TORCHTIDY_TESTS "/builtins_test.cpp") + read(TORCHTIDY_TESTS "/builtin_calls_test.cpp");
  std::string packed;
  for (const char c : tests) {
    if (c != ' ' && c != '\n') {
      packed += c;
    }
  }
  size_t names = 0;
  std::string missing;
  const auto look_for = [&](const std::string& name) {
    ++names;
    if (packed.find("CHECK_BUILTIN(" + name + ",") == std::string::npos &&
        packed.find("CHECK_CALLS(" + name + ",") == std::string::npos) {
      missing += " " + name;
    }
  };
#define TORCHTIDY_BUILTIN(Name) look_for(#Name);
#define TORCHTIDY_BUILTIN_DEFAULTS(Name) look_for(#Name);
#define TORCHTIDY_BUILTIN_EMBEDDING(Name) look_for(#Name);
#include <torchtidy/builtins.def>
  EXPECT_EQ(missing, "") << "built-ins that no test calls";
  EXPECT_GE(names, 123u);
}

} // namespace
