// Factories, the blocks made of them, and ResNets.

#include "device_test.h"

#include <torchtidy/resnet.h>
#include <torchtidy/state_dict.h>

#include <sstream>

namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torchtidy::ActivationFactory;
using torchtidy::ConvFactory;
using torchtidy::NormFactory;

namespace {

/// A block, and an input that it takes.
struct Case {
  std::shared_ptr<nn::Module> module;
  torchtidy::Layer<Tensor(Tensor)> layer;
  std::vector<int64_t> input;
  std::vector<int64_t> output;
};

template <typename Holder>
Case make_case(Holder block, std::vector<int64_t> input, std::vector<int64_t> output) {
  return {block.ptr(), block, std::move(input), std::move(output)};
}

std::vector<Case> cases() {
  using namespace torchtidy;
  return {
      make_case(ResNetBlock(ResNetBlockOptions(4, 4)), {2, 4, 6, 6}, {2, 4, 6, 6}),
      make_case(
          ResNetBlock(ResNetBlockOptions(4, 8)
                          .stride(2)
                          .bias(true)
                          .norm("group_norm(2)")
                          .activation("prelu")
                          .conv("depthwise_separable")),
          {2, 4, 6, 6},
          {2, 8, 3, 3}),
      make_case(
          Bottleneck(BottleneckOptions(4, 4).stride(2).groups(2).norm("layer_norm").activation("gelu")),
          {2, 4, 6, 6},
          {2, 16, 3, 3}),
      make_case(EncoderBlock(EncoderBlockOptions(8, 2).dim_feedforward(16)), {5, 2, 8}, {5, 2, 8}),
      make_case(
          EncoderBlock(EncoderBlockOptions(8, 2).dim_feedforward(16).norm_first(true).batch_first(true)),
          {2, 5, 8},
          {2, 5, 8}),
      make_case(TemperatureAttention(TemperatureAttentionOptions(8, 4)), {2, 5, 8}, {2, 5, 8}),
      make_case(RunningStats(8), {6, 8}, {6, 8}),
      make_case(ChannelLayerNorm(4), {2, 4, 3, 3}, {2, 4, 3, 3}),
  };
}

class Blocks : public DeviceTest {};
INSTANTIATE_ON_DEVICES(Blocks);

TEST_P(Blocks, AreModulesInEveryRespect) {
  for (auto& block : cases()) {
    SCOPED_TRACE(block.module->name());
    auto& module = *block.module;
    module.to(device(), torch::kFloat64);
    const auto x = torch::randn(block.input, on_device().dtype(torch::kFloat64));

    // Gradients reach all parameters.
    const auto y = block.layer(x);
    EXPECT_EQ(y.sizes(), block.output);
    y.square().sum().backward();
    for (const auto& parameter : module.named_parameters()) {
      EXPECT_TRUE(parameter.value().grad().defined()) << parameter.key();
    }

    // A clone has the same names in the same order, the same values, and nothing in common.
    module.eval();
    const auto copy = module.clone();
    EXPECT_EQ(copy->named_parameters().keys(), module.named_parameters().keys());
    EXPECT_EQ(copy->named_buffers().keys(), module.named_buffers().keys());
    EXPECT_EQ(copy->named_modules().keys().size(), module.named_modules().keys().size());
    const auto expected = block.layer(x);
    for (const auto& parameter : copy->named_parameters()) {
      EXPECT_TRUE(identical(parameter.value(), module.named_parameters()[parameter.key()]));
      torch::NoGradGuard no_grad;
      parameter.value().zero_();
    }
    EXPECT_TRUE(identical(block.layer(x), expected));

    // Saved, and loaded again.
    std::stringstream file;
    torch::serialize::OutputArchive out;
    module.save(out);
    out.save_to(file);
    torch::serialize::InputArchive in;
    in.load_from(file, device());
    copy->load(in);
    for (const auto& parameter : copy->named_parameters()) {
      EXPECT_TRUE(identical(parameter.value(), module.named_parameters()[parameter.key()]))
          << parameter.key();
    }

    // Initialised again in place: dtype and device stay.
    const auto before = module.parameters();
    torchtidy::reset_parameters(module);
    for (size_t i = 0; i < before.size(); ++i) {
      EXPECT_TRUE(before[i].is_same(module.parameters()[i]));
      EXPECT_EQ(before[i].scalar_type(), torch::kFloat64);
      EXPECT_TRUE(before[i].isfinite().all().item<bool>());
    }

    // Hooked as a whole.
    size_t calls = 0;
    auto handle = torchtidy::register_forward_hook(
        block.module, [&](nn::Module&, const torchtidy::Values&, torchtidy::Values&) { ++calls; });
    block.layer(x);
    EXPECT_EQ(calls, 1u);
  }
}

TEST_P(Blocks, AResNetBlockComputesWhatItSays) {
  torchtidy::ResNetBlock block(torchtidy::ResNetBlockOptions(3, 5).stride(2));
  block->to(device());
  const auto x = torch::randn({2, 3, 7, 7}, on_device());
  const auto weights = torchtidy::state_dict(block);
  const auto conv = [&](const Tensor& in, const char* name, int64_t stride, int64_t padding) {
    return torch::conv2d(in, weights[name], {}, stride, padding);
  };
  const auto norm = [&](const Tensor& in) {
    return torch::batch_norm(in, {}, {}, {}, {}, true, 0.1, 1e-5, false);
  };
  const auto out = norm(conv(torch::relu(norm(conv(x, "conv1.weight", 2, 1))), "conv2.weight", 1, 1));
  const auto expected = torch::relu(out + norm(conv(x, "downsample.0.weight", 2, 0)));
  EXPECT_TRUE(torch::allclose(block(x), expected, 1e-4, 1e-5));
}

TEST_P(Blocks, EveryPartCanBeHookedByName) {
  torchtidy::ResNetBlock block(torchtidy::ResNetBlockOptions(3, 5));
  block->to(device());
  std::vector<std::string> seen;
  torchtidy::HookHandles handles;
  for (const std::string name :
       {"conv1", "bn1", "act1", "conv2", "bn2", "downsample.0", "downsample.1", "act2"}) {
    handles += torchtidy::register_forward_hook(
        block, name, [&seen, name](nn::Module&, const torchtidy::Values&, torchtidy::Values&) {
          seen.push_back(name);
        });
  }
  block(torch::randn({2, 3, 7, 7}, on_device()));
  EXPECT_THAT(
      seen, ElementsAre("conv1", "bn1", "act1", "conv2", "bn2", "downsample.0", "downsample.1", "act2"));
}

TEST_P(Blocks, AResNetBlockStartsAsItsShortcut) {
  const auto options = torchtidy::ResNetBlockOptions(3, 3).zero_init_residual(true);
  torchtidy::ResNetBlock block(options);
  block->to(device());
  const auto x = torch::rand({2, 3, 5, 5}, on_device());
  EXPECT_TRUE(identical(block(x), x));
  const auto weight = block->conv1.as<nn::Conv2d>()->weight;
  const auto old = weight.detach().clone();
  block->reset_parameters();
  EXPECT_FALSE(torch::equal(weight, old));
  EXPECT_TRUE(identical(block(x), x));
  auto without = options;
  EXPECT_THAT(
      error_of([&] { torchtidy::ResNetBlock broken(without.norm("identity")); }),
      HasSubstr("zero_init_residual needs a norm with a weight"));
}

TEST_P(Blocks, ConvolutionsAreKaimingNormalFanOut) {
  torchtidy::ResNetBlock block(torchtidy::ResNetBlockOptions(64, 128));
  EXPECT_NEAR(block->conv1.as<nn::Conv2d>()->weight.std().item<double>(), std::sqrt(2.0 / (128 * 9)), 1e-3);
  block->reset_parameters();
  EXPECT_NEAR(block->conv1.as<nn::Conv2d>()->weight.std().item<double>(), std::sqrt(2.0 / (128 * 9)), 1e-3);
  EXPECT_NEAR(block->downsample.module().parameters()[0].std().item<double>(), std::sqrt(2.0 / 128), 5e-3);
}

TEST_P(Blocks, APostNormEncoderIsLibTorchs) {
  torchtidy::EncoderBlock block(torchtidy::EncoderBlockOptions(8, 2).dim_feedforward(16).dropout(0));
  nn::TransformerEncoderLayer other(nn::TransformerEncoderLayerOptions(8, 2).dim_feedforward(16).dropout(0));
  ASSERT_TRUE(torchtidy::load_state_dict(other, torchtidy::state_dict(block)).complete());
  block->to(device());
  other->to(device());
  const auto x = torch::randn({5, 2, 8}, on_device());
  const auto mask = torch::triu(torch::ones({5, 5}, on_device()), 1).to(torch::kBool);
  const auto padding = torch::zeros({2, 5}, on_device().dtype(torch::kBool));
  padding[1][4] = true;
  EXPECT_TRUE(torch::allclose(block(x), other(x), 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(block(x, mask, padding), other(x, mask, padding), 1e-5, 1e-6));
  EXPECT_FALSE(torch::allclose(block(x, mask), block(x)));
}

TEST_P(Blocks, RunningStatsFollowTheBatchOnlyInTraining) {
  torchtidy::RunningStats stats(torchtidy::RunningStatsOptions(3).momentum(0.5));
  stats->to(device());
  const auto x = torch::randn({64, 3}, on_device()) * 2 + 1;
  stats(x.clone().requires_grad_());
  EXPECT_FALSE(stats->running_mean.requires_grad());
  EXPECT_TRUE(torch::allclose(stats->running_mean, x.mean(0) * 0.5));
  EXPECT_TRUE(torch::allclose(stats->running_var, x.var(0) * 0.5 + 0.5));
  stats->eval();
  const auto mean = stats->running_mean.clone();
  stats(x);
  EXPECT_TRUE(identical(stats->running_mean, mean));
  stats->train();
  EXPECT_THAT(error_of([&] { stats(x.slice(0, 0, 1)); }), HasSubstr("has no variance"));
  EXPECT_THAT(error_of([&] { stats(x.t()); }), HasSubstr("it must be [N, 3]"));
}

TEST_P(Blocks, AChannelLayerNormIsALayerNormOfTheChannels) {
  torchtidy::ChannelLayerNorm norm(torchtidy::ChannelLayerNormOptions(4).eps(1e-3));
  norm->to(device());
  const auto x = torch::randn({2, 4, 3, 5}, on_device());
  const auto expected = torch::layer_norm(x.permute({0, 2, 3, 1}), {4}, {}, {}, 1e-3).permute({0, 3, 1, 2});
  EXPECT_TRUE(torch::allclose(norm(x), expected, 1e-5, 1e-6));
  EXPECT_THAT(error_of([&] { norm(x.transpose(1, 2)); }), HasSubstr("it must be [N, 4, ...]"));
}

TEST(BlocksOnAnyDevice, ANullChildIsNamed) {
  for (const auto& one : cases()) {
    one.module->register_module("none", std::shared_ptr<nn::Module>());
    EXPECT_THAT(
        error_of([&] { dynamic_cast<torchtidy::Resettable&>(*one.module).reset_parameters(); }),
        testing::AnyOf(HasSubstr("'none'"), "")) // not all look at their children
        << one.module->name();
  }
}

TEST(ResNets, HaveTorchvisionsKeysAndSizes) {
  const auto count = [](const nn::Module& module) {
    int64_t count = 0;
    for (const auto& parameter : module.parameters()) {
      count += parameter.numel();
    }
    return count;
  };
  const auto net = torchtidy::resnet18();
  EXPECT_EQ(count(*net), 11689512);
  EXPECT_EQ(torchtidy::state_dict(net).size(), 122u);
  EXPECT_TRUE(torchtidy::state_dict(net).contains("layer2.0.downsample.1.num_batches_tracked"));
  EXPECT_EQ(count(*torchtidy::resnet34()), 21797672);
  const auto deep = torchtidy::resnet50(10);
  EXPECT_EQ(count(*deep), 25557032 - 990 * 2049);
  EXPECT_TRUE(torchtidy::state_dict(deep).contains("layer4.2.conv3.weight"));
  EXPECT_THAT(
      error_of([] { torchtidy::ResNet broken(torchtidy::ResNetOptions().depths({1, 2})); }),
      HasSubstr("[1, 2], it needs four"));
}

TEST(ResNets, ComputeTrainAndClone) {
  torchtidy::ResNet net(
      torchtidy::ResNetOptions()
          .depths({1, 1, 1, 1})
          .in_channels(1)
          .num_classes(3)
          .norm("group_norm(8)")
          .activation("silu"));
  const auto x = torch::randn({2, 1, 32, 32});
  net(x).sum().backward();
  for (const auto& parameter : net->named_parameters()) {
    EXPECT_TRUE(parameter.value().grad().defined()) << parameter.key();
  }
  const auto copy = std::dynamic_pointer_cast<torchtidy::ResNet::Impl>(net->clone());
  EXPECT_TRUE(identical(copy->forward(x), net(x)));
  net->reset_parameters();
  EXPECT_FALSE(torch::equal(copy->forward(x), net(x)));
  size_t calls = 0;
  auto handle = torchtidy::register_forward_hook(
      net, "layer3.0.act1", [&](nn::Module&, const torchtidy::Values&, torchtidy::Values&) { ++calls; });
  net(x);
  EXPECT_EQ(calls, 1u);
}

TEST(Factories, MakeEveryNameThatTheyKnow) {
  for (const auto& name : torchtidy::norm_names()) {
    const int64_t channels = 32;
    const auto x = name == "batch_norm1d" ? torch::randn({4, channels})
        : name == "batch_norm3d"          ? torch::randn({2, channels, 2, 2, 2})
        : name == "layer_norm_last"       ? torch::randn({2, 3, channels})
                                          : torch::randn({2, channels, 3, 3});
    EXPECT_EQ(NormFactory(name)(channels)(x).sizes(), x.sizes()) << name;
  }
  for (const auto& name : torchtidy::activation_names()) {
    const auto x = torch::randn({2, 3});
    EXPECT_EQ(ActivationFactory(name)()(x).sizes(), x.sizes()) << name;
  }
  for (const auto& name : torchtidy::conv_names()) {
    const auto layer = ConvFactory(name)(nn::Conv2dOptions(3, 6, 3).padding(1).stride(2));
    EXPECT_THAT(layer(torch::randn({1, 3, 8, 8})).sizes().vec(), ElementsAre(1, 6, 4, 4)) << name;
  }
}

TEST(Factories, GiveTheArgumentsOn) {
  const auto norm = NormFactory(" group_norm ( 4 , 1e-3 )")(8);
  EXPECT_EQ(norm.ptr()->as<nn::GroupNorm>()->options.num_groups(), 4);
  EXPECT_EQ(norm.ptr()->as<nn::GroupNorm>()->options.eps(), 1e-3);
  EXPECT_EQ(NormFactory("batch_norm(0.01)")(8).ptr()->as<nn::BatchNorm2d>()->options.eps(), 0.01);
  const auto x = torch::tensor({-1.0, 2.0});
  EXPECT_TRUE(torch::allclose(ActivationFactory("leaky_relu(0.2)")()(x), torch::tensor({-0.2, 2.0})));
  EXPECT_TRUE(torch::allclose(ActivationFactory("elu(2)")()(x), torch::elu(x, 2)));
  EXPECT_EQ(ActivationFactory("leaky_relu(0.2)").text(), "leaky_relu(0.2)");
}

TEST(Factories, MakeANewLayerAtEachCall) {
  const NormFactory norm = "batch_norm";
  EXPECT_NE(norm(4).ptr(), norm(4).ptr());
}

TEST(Factories, AreAnyCallable) {
  const NormFactory lambda = [](int64_t channels) { return nn::GroupNorm(2, channels); };
  EXPECT_EQ(lambda(4).ptr()->as<nn::GroupNorm>()->options.num_groups(), 2);
  EXPECT_EQ(lambda.text(), "custom");
  const auto of_class = NormFactory::of<nn::InstanceNorm2d>();
  EXPECT_NE(of_class(4).ptr()->as<nn::InstanceNorm2d>(), nullptr);
  EXPECT_NE(ActivationFactory::of<nn::Hardtanh>()().ptr()->as<nn::Hardtanh>(), nullptr);
  const ActivationFactory null = [] { return nn::ReLU(nullptr); };
  EXPECT_THAT(error_of([&] { null(); }), HasSubstr("module is null"));
}

TEST(Factories, LearnNewNames) {
  torchtidy::register_norm("scaled_norm", [](const torchtidy::FactoryArguments& arguments) {
    const double eps = arguments.at_most(1).number(0, 1);
    return [eps](int64_t channels) { return nn::GroupNorm(nn::GroupNormOptions(1, channels).eps(eps)); };
  });
  EXPECT_EQ(NormFactory("scaled_norm(0.5)")(4).ptr()->as<nn::GroupNorm>()->options.eps(), 0.5);
  EXPECT_THAT(torchtidy::norm_names(), testing::Contains("scaled_norm"));
  torchtidy::register_activation("twice_tanh", [](const auto&) { return [] { return nn::Tanh(); }; });
  EXPECT_NE(ActivationFactory("twice_tanh")().ptr(), nullptr);
  EXPECT_THAT(
      error_of([] { torchtidy::register_conv("a b", [](const auto&) { return nullptr; }); }),
      HasSubstr("'a b' cannot be the name of a convolution"));
}

TEST(Factories, SayWhatIsWrong) {
  const auto norm_error = [](const std::string& text) { return error_of([&] { NormFactory norm(text); }); };
  EXPECT_THAT(norm_error("bach_norm"), HasSubstr("There is no norm 'bach_norm'; near names: 'batch_norm'"));
  EXPECT_THAT(error_of([] { ActivationFactory gelu("gleu"); }), HasSubstr("'gelu'"));
  EXPECT_THAT(
      error_of([] { ConvFactory conv("depthwise"); }), HasSubstr("there are: 'depthwise_separable', 'conv'"));
  EXPECT_THAT(norm_error("batch_norm(1, 2)"), HasSubstr("has 2 arguments, it may have 1"));
  EXPECT_THAT(norm_error("group_norm(1.5)"), HasSubstr("argument 1 must be a whole number"));
  EXPECT_THAT(norm_error("group_norm(0)"), HasSubstr("must be positive"));
  for (const char* text :
       {"", "group_norm(", "group_norm(2", "group_norm(a)", "group_norm(2,)", "(2)", "x(1) y", "x(inf)"}) {
    EXPECT_THAT(norm_error(text), HasSubstr("is not understood")) << text;
  }
  EXPECT_THAT(
      error_of([] { NormFactory("group_norm(3)")(8); }), HasSubstr("8 channels cannot be split into 3"));
  EXPECT_THAT(
      error_of([] { ConvFactory("depthwise_separable")(nn::Conv2dOptions(4, 4, 3).groups(2)); }),
      HasSubstr("cannot have groups"));
}

} // namespace
