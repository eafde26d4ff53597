// hnn:: modules against torch::nn ones: everything that is not a hook stays as it was.

#include "device_test.h"

#include <torchtidy/hnn.h>

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

template <typename Plain, typename Hooked, typename Make, typename... Inputs>
void check(torch::Device device, Make make, const Inputs&... inputs) {
  torch::manual_seed(3);
  Plain plain = make(static_cast<Plain*>(nullptr));
  torch::manual_seed(3);
  Hooked hooked = make(static_cast<Hooked*>(nullptr));
  plain->to(device);
  hooked->to(device);
  expect_same(*hooked, *plain);
  EXPECT_NE(hooked->template as<Plain>(), nullptr);

  const auto run = [&](auto& module) {
    torch::manual_seed(5);
    return tensors_of(module->forward(inputs...));
  };
  const auto expected = run(plain);
  expect_same_tensors(run(hooked), expected);

  size_t calls = 0;
  auto handle = torchtidy::register_forward_hook(hooked, [&](Module&, const Values& in, Values& out) {
    ++calls;
    EXPECT_GE(in.size(), sizeof...(Inputs));
    EXPECT_FALSE(out.empty());
  });
  auto pre = torchtidy::register_forward_pre_hook(hooked, [&](Module&, Values&) { ++calls; });
  plain->eval();
  hooked->eval();
  const auto in_eval = run(plain);
  expect_same_tensors(run(hooked), in_eval);
  expect_same_tensors(tensors_of(hooked(inputs...)), run(plain));
  EXPECT_EQ(calls, 4u);

  // clone: an own copy, hookable, without hooks, of the same name.
  const auto clone = std::dynamic_pointer_cast<typename Hooked::ContainedType>(hooked->clone());
  ASSERT_NE(clone, nullptr);
  expect_same(*clone, *plain);
  EXPECT_EQ(clone->is_training(), plain->clone()->is_training());
  for (const auto& parameter : clone->named_parameters()) {
    EXPECT_FALSE(parameter.value().is_alias_of(hooked->named_parameters()[parameter.key()]));
  }
  expect_same_tensors(run(clone), in_eval);
  EXPECT_EQ(calls, 4u);
  EXPECT_FALSE(clone->hooked());

  // Archives go both ways.
  std::stringstream archive;
  torch::save(plain, archive);
  torch::manual_seed(99);
  Hooked loaded = make(static_cast<Hooked*>(nullptr));
  torch::load(loaded, archive);
  loaded->to(device);
  expect_same(*loaded, *plain);
  std::stringstream back;
  torch::save(hooked, back);
  Plain loaded_plain = make(static_cast<Plain*>(nullptr));
  torch::load(loaded_plain, back);
  loaded_plain->to(device);
  expect_same(*hooked, *loaded_plain);

  // to(dtype) moves everything.
  hooked->to(torch::kDouble);
  plain->to(torch::kDouble);
  expect_same(*hooked, *plain);
}

#define CHECK_BUILTIN(Name, ARGS, ...)                       \
  {                                                          \
    SCOPED_TRACE(#Name);                                     \
    const auto make = [&](auto* holder) {                    \
      using Holder = std::decay_t<decltype(*holder)>;        \
      return Holder ARGS;                                    \
    };                                                       \
    check<nn::Name, hnn::Name>(device(), make, __VA_ARGS__); \
  }

class Builtins : public DeviceTest {};
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
