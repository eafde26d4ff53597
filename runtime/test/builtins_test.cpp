// hnn:: modules against torch::nn ones: everything that is not a hook stays as it was.

#include "device_test.h"

#include <torchtidy/hnn.h>

#include <c10/util/FunctionRef.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using torch::Tensor;
using torch::nn::Module;
using torchtidy::Values;

namespace {

std::string printed(const Module& module) {
  std::ostringstream out;
  out << module;
  return out.str();
}

/// The tensors of any output.
template <typename Output>
std::vector<Tensor> tensors_of(Output output) {
  torchtidy::detail::OutputSlots<Output> slots(output);
  return slots.values.tensors();
}

void expect_same_tensors(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_TRUE(identical(a[i], b[i])) << i;
  }
}

// Every built-in compiles and links, virtual table and all. (Explicit instantiation would say it more
// plainly, but g++ 12 crashes on it where the constructors are inherited past a virtual base.)
template <typename Plain, typename Hooked = torchtidy::HookedImpl<Plain>>
std::shared_ptr<Module> adopt(const Plain& plain) {
  return std::make_shared<Hooked>(torchtidy::detail::Adopt{}, plain);
}
#define TORCHTIDY_BUILTIN(Name) \
  [[maybe_unused]] const auto adopt_##Name = &adopt<nn::Name##Impl, hnn::Name##Impl>;
#define TORCHTIDY_BUILTIN_DEFAULTS(Name) TORCHTIDY_BUILTIN(Name)
#define TORCHTIDY_BUILTIN_EMBEDDING(Name) TORCHTIDY_BUILTIN(Name)
#include <torchtidy/builtins.def>

template <typename Dict>
void expect_same_dict(const Dict& a, const Dict& b) {
  ASSERT_EQ(a.keys(), b.keys());
  for (const auto& item : a) {
    EXPECT_TRUE(identical(item.value(), b[item.key()])) << item.key();
  }
}

void expect_same(const Module& hooked, const Module& plain) {
  EXPECT_EQ(hooked.name(), plain.name());
  EXPECT_EQ(printed(hooked), printed(plain));
  expect_same_dict(hooked.named_parameters(), plain.named_parameters());
  expect_same_dict(hooked.named_buffers(), plain.named_buffers());
  std::vector<std::string> hooked_names, plain_names;
  for (const auto& item : hooked.named_modules()) {
    hooked_names.push_back(item.key() + " " + item.value()->name());
  }
  for (const auto& item : plain.named_modules()) {
    plain_names.push_back(item.key() + " " + item.value()->name());
  }
  EXPECT_EQ(hooked_names, plain_names);
}

// Everything below is type-erased: what a built-in adds to the compile time is its own constructors and
// calls.
using Tensors = std::vector<Tensor>;
using Make = c10::function_ref<std::shared_ptr<Module>()>;
using Call = c10::function_ref<Tensors(const std::shared_ptr<Module>&)>;

struct Builtin {
  Make make_plain;
  Make make_hooked;
  /// Throws std::bad_cast if the module is not, or does not derive from, the one of torch::nn.
  Call forward_plain;
  /// `m->forward(x)` and `m(x)` with m declared as the one of hnn.
  Call forward_hooked;
  Call call_hooked;
  size_t inputs;
};

std::shared_ptr<Module> made(Make make, torch::Device device) {
  torch::manual_seed(3);
  auto module = make();
  module->to(device);
  return module;
}

/// What `call` gives; the random numbers of dropout and fractional pooling are the same each time.
Tensors seeded(Call call, const std::shared_ptr<Module>& module) {
  torch::manual_seed(5);
  return call(module);
}

void check_archives(const Builtin& builtin, std::shared_ptr<Module> plain, std::shared_ptr<Module> hooked) {
  const auto through_archive = [&](const std::shared_ptr<Module>& from, Make make) {
    std::stringstream archive;
    torch::save(from, archive);
    torch::manual_seed(99);
    auto to = make();
    torch::load(to, archive);
    to->to(from->parameters().empty() ? torch::Device(torch::kCPU) : from->parameters()[0].device());
    return to;
  };
  expect_same(*through_archive(plain, builtin.make_hooked), *plain);
  expect_same(*hooked, *through_archive(hooked, builtin.make_plain));
}

void check(torch::Device device, const Builtin& builtin) {
  const auto plain = made(builtin.make_plain, device);
  const auto hooked = made(builtin.make_hooked, device);
  expect_same(*hooked, *plain);
  expect_same_tensors(
      seeded(builtin.forward_hooked, hooked), seeded(builtin.forward_plain, plain)); // as in training

  size_t calls = 0;
  auto handle = torchtidy::register_forward_hook(hooked, [&](Module&, const Values& in, Values& out) {
    ++calls;
    EXPECT_GE(in.size(), builtin.inputs);
    EXPECT_FALSE(out.empty());
  });
  auto pre = torchtidy::register_forward_pre_hook(hooked, [&](Module&, Values&) { ++calls; });
  plain->eval();
  hooked->eval();
  const auto expected = seeded(builtin.forward_plain, plain);
  EXPECT_FALSE(expected.empty());
  expect_same_tensors(seeded(builtin.forward_hooked, hooked), expected);
  EXPECT_EQ(calls, 2u);
  expect_same_tensors(seeded(builtin.call_hooked, hooked), expected);
  EXPECT_EQ(calls, 4u);
  expect_same_tensors(
      seeded(builtin.forward_plain, hooked), expected); // as<torch::nn::…> goes past the hooks
  EXPECT_EQ(calls, 4u);

  // clone: an own copy, hookable, without hooks, of the same name.
  const auto clone = hooked->clone();
  expect_same(*clone, *plain);
  EXPECT_EQ(clone->is_training(), plain->clone()->is_training());
  for (const auto& parameter : clone->named_parameters()) {
    EXPECT_FALSE(parameter.value().is_alias_of(hooked->named_parameters()[parameter.key()]));
  }
  clone->eval();
  expect_same_tensors(seeded(builtin.forward_hooked, clone), expected);
  EXPECT_EQ(calls, 4u);
  EXPECT_FALSE(torchtidy::hook_site(*clone).hooked());

  check_archives(builtin, plain, hooked);
  hooked->to(torch::kDouble);
  plain->to(torch::kDouble);
  expect_same(*hooked, *plain);
}

class Builtins : public DeviceTest {
 protected:
  static std::set<std::string>& called() {
    static std::set<std::string> names;
    return names;
  }

  /// The names of builtins.def that no row below has.
  static void TearDownTestSuite() {
    const auto* suite = testing::UnitTest::GetInstance()->current_test_suite();
    if (suite->test_to_run_count() != suite->total_test_count()) {
      return;
    }
    std::vector<std::string> left;
    const auto look_for = [&](const char* name) {
      if (called().count(name) == 0) {
        left.emplace_back(name);
      }
    };
#define TORCHTIDY_BUILTIN(Name) look_for(#Name);
#define TORCHTIDY_BUILTIN_DEFAULTS(Name) look_for(#Name);
#define TORCHTIDY_BUILTIN_EMBEDDING(Name) look_for(#Name);
#include <torchtidy/builtins.def>
    EXPECT_THAT(left, testing::IsEmpty()) << "built-ins that no test calls";
  }
};

template <typename... Inputs>
constexpr size_t count(const Inputs&... /*inputs*/) {
  return sizeof...(Inputs);
}

#define CHECK_BUILTIN(Name, ARGS, ...)                                                                    \
  {                                                                                                       \
    SCOPED_TRACE(#Name);                                                                                  \
    called().insert(#Name);                                                                               \
    check(                                                                                                \
        device(),                                                                                         \
        {[&]() -> std::shared_ptr<Module> { return nn::Name ARGS.ptr(); },                                \
         [&]() -> std::shared_ptr<Module> { return hnn::Name ARGS.ptr(); },                               \
         [&](const std::shared_ptr<Module>& module) {                                                     \
           return tensors_of(dynamic_cast<nn::Name##Impl&>(*module).forward(__VA_ARGS__));                \
         },                                                                                               \
         [&](const std::shared_ptr<Module>& module) {                                                     \
           return tensors_of(dynamic_cast<hnn::Name##Impl&>(*module).forward(__VA_ARGS__));               \
         },                                                                                               \
         [&](const std::shared_ptr<Module>& module) {                                                     \
           return tensors_of(hnn::Name(std::dynamic_pointer_cast<hnn::Name##Impl>(module))(__VA_ARGS__)); \
         },                                                                                               \
         count(__VA_ARGS__)});                                                                            \
  }

INSTANTIATE_ON_DEVICES(Builtins);

TEST_P(Builtins, LinearAndShapes) {
  const auto x = torch::rand({2, 6}, on_device());
  CHECK_BUILTIN(Identity, (), x);
  CHECK_BUILTIN(Linear, (6, 4), x);
  CHECK_BUILTIN(Linear, (nn::LinearOptions(6, 4).bias(false)), x);
  CHECK_BUILTIN(Bilinear, (6, 6, 3), x, x);
  CHECK_BUILTIN(Flatten, (), x);
  CHECK_BUILTIN(Unflatten, (nn::UnflattenOptions(1, {2, 3})), x);
  CHECK_BUILTIN(CosineSimilarity, (), x, x);
  CHECK_BUILTIN(PairwiseDistance, (), x, x);
}

TEST_P(Builtins, Convolutions) {
  const auto x1 = torch::rand({2, 4, 8}, on_device());
  const auto x2 = torch::rand({2, 4, 8, 8}, on_device());
  const auto x3 = torch::rand({2, 4, 4, 4, 4}, on_device());
  CHECK_BUILTIN(Conv1d, (4, 6, 3), x1);
  CHECK_BUILTIN(Conv2d, (nn::Conv2dOptions(4, 6, 3).stride(2).padding(1).bias(false)), x2);
  CHECK_BUILTIN(Conv3d, (4, 2, 3), x3);
  CHECK_BUILTIN(ConvTranspose1d, (4, 2, 3), x1);
  CHECK_BUILTIN(ConvTranspose2d, (4, 2, 3), x2);
  CHECK_BUILTIN(ConvTranspose3d, (4, 2, 3), x3);
  CHECK_BUILTIN(Fold, (nn::FoldOptions({4, 4}, {2, 2})), torch::rand({1, 12, 9}, on_device()));
  CHECK_BUILTIN(Unfold, (nn::UnfoldOptions({2, 2})), x2);
}

TEST_P(Builtins, Norms) {
  const auto x1 = torch::rand({4, 6}, on_device());
  const auto x2 = torch::rand({2, 6, 4, 4}, on_device());
  const auto x3 = torch::rand({2, 6, 4, 4, 4}, on_device());
  CHECK_BUILTIN(BatchNorm1d, (6), x1);
  CHECK_BUILTIN(BatchNorm2d, (6), x2);
  CHECK_BUILTIN(BatchNorm2d, (nn::BatchNorm2dOptions(6).affine(false).momentum({})), x2);
  CHECK_BUILTIN(BatchNorm3d, (6), x3);
  CHECK_BUILTIN(InstanceNorm1d, (6), torch::rand({2, 6, 5}, on_device()));
  CHECK_BUILTIN(InstanceNorm2d, (6), x2);
  CHECK_BUILTIN(InstanceNorm3d, (6), x3);
  CHECK_BUILTIN(LayerNorm, (nn::LayerNormOptions({4, 4})), x2);
  CHECK_BUILTIN(GroupNorm, (2, 6), x2);
  CHECK_BUILTIN(LocalResponseNorm, (2), x2);
}

TEST_P(Builtins, Activations) {
  const auto x = torch::randn({2, 6}, on_device());
  CHECK_BUILTIN(ReLU, (), x);
  CHECK_BUILTIN(ReLU6, (), x);
  CHECK_BUILTIN(LeakyReLU, (), x);
  CHECK_BUILTIN(PReLU, (), x);
  CHECK_BUILTIN(ELU, (), x);
  CHECK_BUILTIN(GELU, (), x);
  CHECK_BUILTIN(SiLU, (), x);
  CHECK_BUILTIN(Mish, (), x);
  CHECK_BUILTIN(Tanh, (), x);
  CHECK_BUILTIN(Sigmoid, (), x);
  CHECK_BUILTIN(Softmax, (1), x);
  CHECK_BUILTIN(LogSoftmax, (1), x);
  CHECK_BUILTIN(GLU, (), x);
  CHECK_BUILTIN(Softplus, (), x);
  CHECK_BUILTIN(Threshold, (0.1, 20), x);
  CHECK_BUILTIN(CELU, (), x);
  CHECK_BUILTIN(SELU, (), x);
  CHECK_BUILTIN(Hardshrink, (), x);
  CHECK_BUILTIN(Hardtanh, (), x);
  CHECK_BUILTIN(LogSigmoid, (), x);
  CHECK_BUILTIN(RReLU, (), x);
  CHECK_BUILTIN(Softshrink, (), x);
  CHECK_BUILTIN(Softsign, (), x);
  CHECK_BUILTIN(Tanhshrink, (), x);
  CHECK_BUILTIN(Softmin, (1), x);
  CHECK_BUILTIN(Softmax2d, (), torch::randn({2, 3, 4, 4}, on_device()));
}

TEST_P(Builtins, DropoutAndPooling) {
  const auto x = torch::rand({2, 4, 8, 8}, on_device());
  CHECK_BUILTIN(Dropout, (0.5), x);
  CHECK_BUILTIN(Dropout2d, (), x);
  CHECK_BUILTIN(AlphaDropout, (), x);
  CHECK_BUILTIN(MaxPool2d, (2), x);
  CHECK_BUILTIN(AvgPool2d, (2), x);
  CHECK_BUILTIN(AdaptiveAvgPool2d, (1), x);
  CHECK_BUILTIN(AdaptiveMaxPool2d, (2), x);
  CHECK_BUILTIN(LPPool2d, (nn::LPPool2dOptions(2, 2)), x);
  CHECK_BUILTIN(ZeroPad2d, (1), x);
  CHECK_BUILTIN(ReflectionPad2d, (1), x);
  CHECK_BUILTIN(PixelShuffle, (2), x);
  CHECK_BUILTIN(Upsample, (nn::UpsampleOptions().scale_factor(std::vector<double>{2, 2})), x);
}

TEST_P(Builtins, PoolingAndPaddingOfOtherDimensions) {
  const auto x1 = torch::rand({2, 4, 8}, on_device());
  const auto x2 = torch::rand({2, 4, 8, 8}, on_device());
  const auto x3 = torch::rand({2, 4, 8, 8, 8}, on_device());
  CHECK_BUILTIN(AdaptiveAvgPool1d, (3), x1);
  CHECK_BUILTIN(AdaptiveAvgPool3d, (2), x3);
  CHECK_BUILTIN(AdaptiveMaxPool1d, (3), x1);
  CHECK_BUILTIN(AdaptiveMaxPool3d, (2), x3);
  CHECK_BUILTIN(AvgPool1d, (2), x1);
  CHECK_BUILTIN(AvgPool3d, (2), x3);
  CHECK_BUILTIN(MaxPool1d, (2), x1);
  CHECK_BUILTIN(MaxPool3d, (2), x3);
  CHECK_BUILTIN(LPPool1d, (nn::LPPool1dOptions(2, 3)), x1);
  CHECK_BUILTIN(FractionalMaxPool2d, (nn::FractionalMaxPool2dOptions(2).output_size(3)), x2);
  CHECK_BUILTIN(FractionalMaxPool3d, (nn::FractionalMaxPool3dOptions(2).output_size(3)), x3);
  const auto indices = torch::arange(4, on_device().dtype(torch::kLong)) * 2;
  CHECK_BUILTIN(MaxUnpool1d, (2), torch::rand({1, 1, 4}, on_device()), indices.view({1, 1, 4}));
  CHECK_BUILTIN(MaxUnpool2d, (2), torch::rand({1, 1, 2, 2}, on_device()), indices.view({1, 1, 2, 2}));
  CHECK_BUILTIN(MaxUnpool3d, (2), torch::rand({1, 1, 1, 2, 2}, on_device()), indices.view({1, 1, 1, 2, 2}));
  CHECK_BUILTIN(ConstantPad1d, (nn::ConstantPad1dOptions(1, 0.5)), x1);
  CHECK_BUILTIN(ConstantPad2d, (nn::ConstantPad2dOptions(1, 0.5)), x2);
  CHECK_BUILTIN(ConstantPad3d, (nn::ConstantPad3dOptions(1, 0.5)), x3);
  CHECK_BUILTIN(ReflectionPad1d, (1), x1);
  CHECK_BUILTIN(ReflectionPad3d, (1), x3);
  CHECK_BUILTIN(ReplicationPad1d, (1), x1);
  CHECK_BUILTIN(ReplicationPad2d, (1), x2);
  CHECK_BUILTIN(ReplicationPad3d, (1), x3);
  CHECK_BUILTIN(PixelUnshuffle, (2), x2);
  CHECK_BUILTIN(CrossMapLRN2d, (3), x2);
  CHECK_BUILTIN(Dropout3d, (), x3);
  CHECK_BUILTIN(FeatureAlphaDropout, (), x2);
#if TORCHTIDY_TORCH_VERSION_NUMBER >= 21300
  CHECK_BUILTIN(LPPool3d, (nn::LPPool3dOptions(2, 2)), x3);
  CHECK_BUILTIN(ZeroPad1d, (1), x1);
  CHECK_BUILTIN(ZeroPad3d, (1), x3);
#endif
}

TEST_P(Builtins, RecurrentAndAttention) {
  const auto x = torch::rand({5, 2, 4}, on_device());
  CHECK_BUILTIN(RNN, (4, 3), x);
  CHECK_BUILTIN(LSTM, (4, 3), x);
  CHECK_BUILTIN(LSTM, (nn::LSTMOptions(4, 3).num_layers(2).bidirectional(true)), x);
  CHECK_BUILTIN(GRU, (4, 3), x);
  CHECK_BUILTIN(RNNCell, (4, 3), x[0]);
  CHECK_BUILTIN(LSTMCell, (4, 3), x[0]);
  CHECK_BUILTIN(GRUCell, (4, 3), x[0]);
  CHECK_BUILTIN(MultiheadAttention, (4, 2), x, x, x);
  CHECK_BUILTIN(TransformerEncoderLayer, (nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(8)), x);
}

TEST_P(Builtins, Transformers) {
  const auto source = torch::rand({5, 2, 4}, on_device());
  const auto target = torch::rand({3, 2, 4}, on_device());
  const auto encoder = nn::TransformerEncoderLayerOptions(4, 2).dim_feedforward(8);
  const auto decoder = nn::TransformerDecoderLayerOptions(4, 2).dim_feedforward(8);
  CHECK_BUILTIN(TransformerDecoderLayer, (decoder), target, source);
  CHECK_BUILTIN(TransformerEncoder, (nn::TransformerEncoderOptions(encoder, 1)), source);
  CHECK_BUILTIN(TransformerDecoder, (nn::TransformerDecoderOptions(decoder, 1)), target, source);
  const auto options =
      nn::TransformerOptions(4, 2).num_encoder_layers(1).num_decoder_layers(1).dim_feedforward(8);
  CHECK_BUILTIN(Transformer, (options), source, target);
}

TEST_P(Builtins, OtherLosses) {
  const auto a = torch::rand({3, 4}, on_device()) * 0.8 + 0.1;
  const auto b = torch::rand({3, 4}, on_device()) * 0.8 + 0.1;
  const auto zero_one = (b > 0.5).to(torch::kFloat);
  const auto signs = zero_one * 2 - 1;
  const auto integers = on_device().dtype(torch::kLong);
  CHECK_BUILTIN(BCELoss, (), a, zero_one);
  CHECK_BUILTIN(CosineEmbeddingLoss, (), a, b, signs.select(1, 0));
  CHECK_BUILTIN(HingeEmbeddingLoss, (), a, signs);
  CHECK_BUILTIN(HuberLoss, (), a, b);
  CHECK_BUILTIN(KLDivLoss, (), a.log(), b);
  CHECK_BUILTIN(MarginRankingLoss, (), a, b, signs);
  const auto labels = torch::tensor({{3, 0, -1, 1}, {1, -1, 0, 2}, {0, 1, 2, 3}}, integers);
  CHECK_BUILTIN(MultiLabelMarginLoss, (), a, labels);
  CHECK_BUILTIN(MultiLabelSoftMarginLoss, (), a, zero_one);
  CHECK_BUILTIN(MultiMarginLoss, (), a, torch::tensor({0, 2, 1}, integers));
  CHECK_BUILTIN(PoissonNLLLoss, (), a, b);
  CHECK_BUILTIN(SmoothL1Loss, (), a, b);
  CHECK_BUILTIN(SoftMarginLoss, (), a, signs);
  CHECK_BUILTIN(TripletMarginWithDistanceLoss, (), a, b, a * 2);
  const auto scores = torch::rand({5, 2, 4}, on_device()).log_softmax(2);
  const auto targets = torch::tensor({{1, 2}, {3, 1}}, integers);
  CHECK_BUILTIN(CTCLoss, (), scores, targets, torch::full({2}, 5, integers), torch::full({2}, 2, integers));
}

TEST_P(Builtins, EmbeddingsAndLosses) {
  const auto indices = torch::tensor({{0, 2}, {1, 1}}, on_device().dtype(torch::kLong));
  CHECK_BUILTIN(Embedding, (3, 4), indices);
  CHECK_BUILTIN(EmbeddingBag, (3, 4), indices);
  const auto a = torch::rand({2, 3}, on_device());
  const auto classes = torch::tensor({0, 2}, on_device().dtype(torch::kLong));
  CHECK_BUILTIN(MSELoss, (), a, a * 2);
  CHECK_BUILTIN(L1Loss, (), a, a * 2);
  CHECK_BUILTIN(CrossEntropyLoss, (), a, classes);
  CHECK_BUILTIN(NLLLoss, (), a, classes);
  CHECK_BUILTIN(BCEWithLogitsLoss, (), a, a);
  CHECK_BUILTIN(TripletMarginLoss, (), a, a + 1, a + 2);
  CHECK_BUILTIN(
      AdaptiveLogSoftmaxWithLoss,
      (nn::AdaptiveLogSoftmaxWithLossOptions(16, 6, {2, 4})),
      torch::rand({2, 16}, on_device()),
      classes);

  const auto table = torch::rand({3, 4}, on_device());
  const auto pretrained = hnn::Embedding::from_pretrained(table);
  EXPECT_TRUE(identical(pretrained->weight, table));
  EXPECT_FALSE(pretrained->weight.requires_grad());
  EXPECT_EQ(pretrained->named_parameters().keys(), std::vector<std::string>{"weight"});
}

// --- own classes and containers

struct BlockImpl : nn::Cloneable<BlockImpl> {
  explicit BlockImpl(int64_t width) : width_(width) {
    reset();
  }
  void reset() override {
    fc = register_module("fc", hnn::Linear(width_, width_));
    scale = register_parameter("scale", torch::ones({1}));
    steps = register_buffer("steps", torch::zeros({1}));
  }
  Tensor forward(Tensor x) {
    return fc(x) * scale;
  }
  int64_t width_;
  hnn::Linear fc{nullptr};
  Tensor scale, steps;
};
TORCHTIDY_MODULE(Block);

struct PlainBlockImpl : nn::Cloneable<PlainBlockImpl> {
  explicit PlainBlockImpl(int64_t width) : width_(width) {
    reset();
  }
  void reset() override {
    fc = register_module("fc", nn::Linear(width_, width_));
    scale = register_parameter("scale", torch::ones({1}));
    steps = register_buffer("steps", torch::zeros({1}));
  }
  Tensor forward(Tensor x) {
    return fc(x) * scale;
  }
  int64_t width_;
  nn::Linear fc{nullptr};
  Tensor scale, steps;
};
TORCH_MODULE(PlainBlock);

TEST_P(Builtins, OwnClassesKeepKeysCloneAndArchives) {
  torch::manual_seed(1);
  Block hooked(4);
  torch::manual_seed(1);
  PlainBlock plain(4);
  hooked->to(device());
  plain->to(device());
  expect_same_dict(hooked->named_parameters(), plain->named_parameters());
  expect_same_dict(hooked->named_buffers(), plain->named_buffers());
  EXPECT_NE(hooked->name().find("BlockImpl"), std::string::npos);
  EXPECT_EQ(hooked->name().find("Hooked"), std::string::npos);

  std::stringstream archive;
  torch::save(plain, archive);
  Block loaded(4);
  torch::load(loaded, archive);
  loaded->to(device());
  const auto x = torch::rand({2, 4}, on_device());
  EXPECT_TRUE(identical(loaded(x), plain(x)));

  size_t calls = 0;
  torchtidy::HookHandles handles;
  handles +=
      torchtidy::register_forward_hook(hooked, "fc", [&](Module&, const Values&, Values&) { ++calls; });
  handles += torchtidy::register_forward_hook(hooked, [&](Module&, const Values&, Values&) { ++calls; });
  const Block clone(std::dynamic_pointer_cast<Block::Impl>(hooked->clone()));
  expect_same(*clone, *hooked);
  EXPECT_EQ(clone->fc->name(), "torch::nn::LinearImpl");
  Block(clone)->forward(x);
  EXPECT_EQ(calls, 0u);
  EXPECT_TRUE(identical(Block(clone)->forward(x), hooked->forward(x)));
  EXPECT_EQ(calls, 2u);
  {
    torch::NoGradGuard no_grad;
    clone->fc->weight.zero_();
    clone->scale.zero_();
  }
  EXPECT_NE(hooked->fc->weight.abs().sum().item<double>(), 0) << "the clone owns its weights";
  EXPECT_NE(hooked->scale.item<double>(), 0);
  EXPECT_EQ(clone->parameters()[0].abs().sum().item<double>(), 0) << "members and parameters are the same";
}

TEST_P(Builtins, HookableModulesInAnyModule) {
  nn::AnyModule any{hnn::Linear(3, 2)};
  any.ptr()->to(device());
  size_t calls = 0;
  auto handle = torchtidy::register_forward_hook(any, [&](Module&, const Values&, Values&) { ++calls; });
  any.forward(torch::rand({1, 3}, on_device()));
  EXPECT_EQ(calls, 1u);

  nn::AnyModule lstm{hnn::LSTM(3, 2)};
  lstm.ptr()->to(device());
  auto second = torchtidy::register_forward_hook(lstm, [&](Module&, const Values&, Values&) { ++calls; });
  lstm.forward<hnn::LSTMOutput>(torch::rand({4, 1, 3}, on_device()));
  EXPECT_EQ(calls, 2u) << "with forward's default arguments";
}

} // namespace
