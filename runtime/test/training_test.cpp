// Modes, running losses, weights carried over, options of optimizers.

#include <torchtidy/training.h>

#include "device_test.h"
#include "operator_counter.h"

#include <torch/script.h>
#include <torch/torch.h>

#include <cmath>

namespace nn = torch::nn;
using testing::HasSubstr;
using torch::Tensor;

namespace {

struct NetImpl : nn::Module {
  explicit NetImpl(int64_t width = 4) {
    fc = register_module("fc", nn::Linear(4, width));
    norm = register_module("norm", nn::BatchNorm1d(width));
    drop = register_module("drop", nn::Dropout(0.5));
  }
  Tensor forward(Tensor x) {
    return drop(norm(fc(x)));
  }
  nn::Linear fc{nullptr};
  nn::BatchNorm1d norm{nullptr};
  nn::Dropout drop{nullptr};
};
TORCH_MODULE(Net);

class Training : public DeviceTest {};
INSTANTIATE_ON_DEVICES(Training);

TEST(InferenceScope, RestoresEachMode) {
  Net net;
  net->norm->eval(); // a frozen norm in a model in training
  {
    const torchtidy::InferenceScope scope(net);
    EXPECT_FALSE(net->is_training() || net->drop->is_training() || net->norm->is_training());
    EXPECT_TRUE(c10::InferenceMode::is_enabled());
    EXPECT_FALSE(net(torch::ones({2, 4})).requires_grad());
  }
  EXPECT_FALSE(c10::InferenceMode::is_enabled());
  EXPECT_TRUE(net->is_training() && net->drop->is_training() && net->fc->is_training());
  EXPECT_FALSE(net->norm->is_training()) << "a child keeps its own";
  EXPECT_TRUE(net(torch::ones({2, 4})).requires_grad());
}

TEST(InferenceScope, EndsByAnException) {
  Net net;
  try {
    const torchtidy::InferenceScope scope(net.ptr());
    (void)net(torch::ones({2, 5}));
    FAIL();
  } catch (const c10::Error&) {
  }
  EXPECT_TRUE(net->drop->is_training());
  EXPECT_FALSE(c10::InferenceMode::is_enabled());
}

TEST(InferenceScope, WantsAModel) {
  EXPECT_THROW(torchtidy::InferenceScope{std::shared_ptr<NetImpl>()}, c10::Error);
  EXPECT_THROW(torchtidy::InferenceScope{Net(nullptr)}, c10::Error);
}

TEST(InferenceScope, ANullChildIsNamed) {
  const auto net = std::make_shared<NetImpl>();
  net->register_module("skip", std::shared_ptr<nn::Module>());
  EXPECT_THAT(error_of([&] { torchtidy::InferenceScope scope(net); }), HasSubstr("'skip'"));
  EXPECT_TRUE(net->is_training());
}

TEST(InferenceScope, ScriptModules) {
  torch::jit::Module child("child"), model("model");
  child.register_attribute("training", c10::BoolType::get(), true);
  model.register_attribute("training", c10::BoolType::get(), true);
  model.register_module("child", child);
  {
    const torchtidy::InferenceScope scope(model);
    EXPECT_FALSE(model.is_training() || model.attr("child").toModule().is_training());
  }
  EXPECT_TRUE(model.is_training() && model.attr("child").toModule().is_training());
}

TEST(InferenceScope, OfAScriptModuleEndsByAnException) {
  torch::jit::Module model("model");
  model.register_attribute("training", c10::BoolType::get(), true);
  model.define("def forward(self, x):\n  assert self.training, 'failed'\n  return x\n");
  EXPECT_THAT(
      error_of([&] {
        const torchtidy::InferenceScope scope(model);
        (void)model.forward({torch::ones({1})});
      }),
      HasSubstr("failed"));
  EXPECT_TRUE(model.is_training());
  EXPECT_FALSE(c10::InferenceMode::is_enabled());
}

TEST_P(Training, LossMeterIsReadByOneCopy) {
  constexpr size_t rounds = 5;
  const auto loss = torch::full({}, 2.0, on_device());
  torchtidy::LossMeter losses;
  OperatorCounter count;
  for (size_t i = 0; i < rounds; ++i) {
    losses.add(loss);
  }
  // What is on the CPU is read at once, which waits for nothing.
  EXPECT_EQ(count["aten::_local_scalar_dense"], device().is_cpu() ? rounds : 0);
  EXPECT_EQ(losses.mean(), 2);
  EXPECT_EQ(count["aten::_local_scalar_dense"], device().is_cpu() ? rounds : 1);
}

TEST(LossMeters, WaitForNoDeviceUntilTheyAreRead) {
  // Tensors that no value can be read from stand for a device.
  const auto loss = torch::ones({}, torch::TensorOptions(torch::kMeta));
  torchtidy::LossMeter losses;
  OperatorCounter count;
  for (int i = 0; i < 5; ++i) {
    losses.add(loss);
  }
  EXPECT_EQ(count["aten::_local_scalar_dense"], 0u);
  EXPECT_EQ(losses.count(), 5);
  EXPECT_NE(error_of([&] { (void)losses.mean(); }), "");
  EXPECT_EQ(count["aten::_local_scalar_dense"], 1u);
}

TEST_P(Training, LossMeterKeepsNoGraph) {
  Net net;
  net->to(device());
  std::weak_ptr<int> graph; // expires with it
  torchtidy::LossMeter losses;
  EXPECT_TRUE(std::isnan(losses.mean()));
  {
    auto output = net(torch::ones({2, 4}, on_device()));
    auto token = std::make_shared<int>();
    graph = token;
    output.register_hook([token](Tensor grad) { return grad; });
    auto loss = output.pow(2).mean();
    losses.add(loss);
    losses.add(torch::full({1}, 3.0f, on_device()), 3);
    EXPECT_NEAR(losses.mean(), (loss.item<double>() + 9) / 4, 1e-6);
  }
  EXPECT_TRUE(graph.expired());
  EXPECT_EQ(losses.count(), 4);
  losses.reset();
  {
    const c10::InferenceMode inference;
    losses.add(torch::full({}, 2.0, on_device()));
  }
  losses.add(torch::full({}, 4, on_device())); // integers, too
  losses.add(6.0);
  EXPECT_EQ(losses.mean(), 4);
  EXPECT_THROW(losses.add(torch::ones({2})), c10::Error);
  EXPECT_THROW(losses.add(Tensor()), c10::Error);
}

TEST_P(Training, CopyWeightsByName) {
  Net online, target;
  online->to(device());                      // the target stays on the CPU
  online(torch::randn({8, 4}, on_device())); // statistics
  torchtidy::copy_weights(target, online);
  EXPECT_TRUE(identical(target->fc->weight, online->fc->weight.cpu()));
  EXPECT_TRUE(identical(target->norm->running_mean, online->norm->running_mean.cpu()));
  EXPECT_EQ(target->norm->num_batches_tracked.item<int64_t>(), 1);
  EXPECT_TRUE(target->fc->weight.requires_grad() && target->fc->weight.is_leaf());
}

TEST(Weights, ThatDoNotMatchChangeNothing) {
  Net target, other(5);
  const Tensor before = target->fc->weight.detach().clone();
  EXPECT_THROW(torchtidy::copy_weights(target, other), c10::Error);
  nn::Sequential stack(nn::Linear(4, 4));
  try {
    torchtidy::soft_update(*target, *stack, 0.5);
    FAIL();
  } catch (const c10::Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("'fc.weight' is not in the source"));
  }
  EXPECT_THROW(torchtidy::soft_update(target, target, 1.5), c10::Error);
  EXPECT_TRUE(identical(before, target->fc->weight));
}

/// A parameter that can be copied, and a buffer that may not.
struct Two : nn::Module {
  explicit Two(double value, const Tensor& second) {
    register_parameter("first", torch::full({2}, value));
    register_buffer("second", second);
  }
};

TEST(Weights, WhatCannotBeCopiedIsAskedBefore) {
  const auto plain = torch::zeros({2}), quantized = torch::quantize_per_tensor(plain, 0.5, 0, torch::kQInt8);
  Tensor inference;
  {
    const c10::InferenceMode on;
    inference = torch::zeros({2});
  }
  const auto csr = torch::eye(2).to_sparse_csr();
  const std::vector<std::tuple<Tensor, Tensor, const char*>> cases = {
      {torch::zeros({1}).expand({2}), plain, "expanded tensor in the target"},
      {plain, quantized, "quantized in the source"},
      {quantized, plain, "quantized in the target"},
      {inference, plain, "inference mode"},
      {plain, torch::zeros({2}, torch::kComplexFloat), "complex in the source"},
      {plain, torch::zeros({2}, torch::TensorOptions(torch::kMeta)), "meta device"},
      {torch::ones({2, 2}).to_sparse_csr(), csr, "LibTorch cannot copy it"},
      {torch::ones({2, 2}), csr, "another layout in the source"}};
  for (const auto& [in_target, in_source, reason] : cases) {
    Two target(0, in_target), source(1, in_source);
    EXPECT_THAT(error_of([&] { torchtidy::copy_weights(target, source); }), HasSubstr(reason));
    EXPECT_THAT(error_of([&] { torchtidy::soft_update(target, source, 0.5); }), HasSubstr(reason));
    EXPECT_TRUE(identical(target.parameters()[0].detach(), torch::zeros({2}))) << reason;
  }
  // Copied, not blended: LibTorch cannot.
  Two target(0, csr.clone()), source(1, csr * 3);
  EXPECT_NE(error_of([&] { torchtidy::soft_update(target, source, 0.5); }), "");
  EXPECT_TRUE(identical(target.parameters()[0].detach(), torch::zeros({2})));
  torchtidy::copy_weights(target, source);
  EXPECT_TRUE(identical(target.buffers()[0].to_dense(), (csr * 3).to_dense()));
  // A deep copy takes the tensors' kinds as well.
  Two made(0, plain.clone()), expanded(1, torch::ones({1}).expand({2}));
  EXPECT_EQ(error_of([&] { torchtidy::detail::become_copy(made, expanded); }), "");
  EXPECT_TRUE(identical(made.buffers()[0], torch::ones({2})));
  EXPECT_NE(error_of([&] { torchtidy::detail::become_copy(made, source); }), "");
}

TEST(Weights, OfASourceThatSharesThemCrosswise) {
  const auto a = torch::zeros({2}), b = torch::ones({2});
  struct Pair : nn::Module {
    Pair(const Tensor& left, const Tensor& right) {
      register_buffer("left", left);
      register_buffer("right", right);
    }
  };
  Pair target(a, b), source(b, a);
  torchtidy::copy_weights(target, source);
  EXPECT_TRUE(identical(a, torch::ones({2})) && identical(b, torch::zeros({2}))) << "exchanged";
  torchtidy::soft_update(target, source, 0.25);
  EXPECT_TRUE(identical(a, torch::full({2}, 0.75)) && identical(b, torch::full({2}, 0.25)));
}

TEST(Weights, ANullChildIsNamed) {
  Net target, source;
  target->register_module("skip", std::shared_ptr<nn::Module>());
  source->register_module("skip", std::shared_ptr<nn::Module>());
  EXPECT_THAT(error_of([&] { torchtidy::copy_weights(target, source); }), HasSubstr("'skip'"));
  EXPECT_THAT(error_of([&] { torchtidy::soft_update(target, source, 0.5); }), HasSubstr("'skip'"));
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::deep_copy(source, [&] { return target; }); }), HasSubstr("'skip'"));
}

TEST_P(Training, SoftUpdateBlends) {
  Net online, target;
  online->to(device());
  target->to(device());
  online(torch::randn({8, 4}, on_device()));
  const Tensor before = target->fc->weight.detach().clone(), mean = target->norm->running_mean.clone();
  torchtidy::soft_update(target, online, 0.25);
  const torch::NoGradGuard no_grad;
  EXPECT_TRUE(torch::allclose(target->fc->weight, 0.75 * before + 0.25 * online->fc->weight));
  EXPECT_TRUE(torch::allclose(target->norm->running_mean, 0.75 * mean + 0.25 * online->norm->running_mean));
  EXPECT_EQ(target->norm->num_batches_tracked.item<int64_t>(), 1);
  torchtidy::soft_update(target, online, 1);
  EXPECT_TRUE(identical(target->fc->weight, online->fc->weight));
  torchtidy::soft_update(target, target, 0.5); // itself: nothing to do
  EXPECT_TRUE(identical(target->fc->weight, online->fc->weight));
}

TEST(Weights, ThatAreTiedAreBlendedOnce) {
  struct Tied : nn::Module {
    Tied() {
      auto weight = register_parameter("weight", torch::zeros({1}));
      register_parameter("again", weight);
    }
  };
  Tied target, source;
  source.parameters()[0].detach().fill_(1);
  torchtidy::soft_update(target, source, 0.25);
  EXPECT_EQ(target.parameters()[0].item<float>(), 0.25f);
}

TEST(Optimizers, OptionsAreThoseOfTheNextStep) {
  auto weight = torch::zeros({1}, torch::requires_grad()), other = torch::zeros({1}, torch::requires_grad());
  torch::optim::SGD optimizer(
      {torch::optim::OptimizerParamGroup({weight}), torch::optim::OptimizerParamGroup({other})}, 0.1);
  torchtidy::set_learning_rate(optimizer, 2);
  (weight + other).sum().backward();
  optimizer.step();
  EXPECT_EQ(weight.item<float>(), -2);
  EXPECT_EQ(other.item<float>(), -2);
  torchtidy::options_of<torch::optim::SGD>(optimizer, 1).lr(0);
  optimizer.step();
  EXPECT_EQ(weight.item<float>(), -4);
  EXPECT_EQ(other.item<float>(), -2);
  EXPECT_THROW((void)torchtidy::options_of<torch::optim::Adam>(optimizer), c10::Error);
  EXPECT_THROW((void)torchtidy::options_of<torch::optim::SGD>(optimizer, 2), c10::Error);
  EXPECT_THROW(torchtidy::set_learning_rate(optimizer, -1), c10::Error);
  EXPECT_THROW(torchtidy::set_learning_rate(optimizer, NAN), c10::Error);
}

TEST_P(Training, DeepCopySharesNothing) {
  Net net;
  net->to(device());
  net->to(torch::kDouble);
  net->norm->eval();
  net->fc->bias.set_requires_grad(false);
  const auto factory = [] { return Net(); };
  Net copy = torchtidy::deep_copy(net, factory);
  EXPECT_TRUE(identical(copy->fc->weight, net->fc->weight));
  EXPECT_EQ(copy->fc->weight.device(), net->fc->weight.device());
  EXPECT_FALSE(copy->fc->weight.is_same(net->fc->weight));
  EXPECT_TRUE(copy->fc->weight.requires_grad() && copy->fc->weight.is_leaf());
  EXPECT_FALSE(copy->fc->bias.requires_grad());
  EXPECT_TRUE(copy->is_training() && copy->drop->is_training());
  EXPECT_FALSE(copy->norm->is_training());
  {
    const torch::NoGradGuard no_grad;
    copy->fc->weight.zero_();
  }
  EXPECT_NE(net->fc->weight.abs().sum().item<double>(), 0);
  const auto workers = torchtidy::copies(net.ptr(), 3, [] { return std::make_shared<NetImpl>(); });
  ASSERT_EQ(workers.size(), 3u);
  EXPECT_FALSE(workers[0]->fc->weight.is_same(workers[1]->fc->weight));
  EXPECT_TRUE(identical(workers[2]->fc->weight, net->fc->weight));
  EXPECT_THROW((void)torchtidy::deep_copy(net, [] { return Net(5); }), c10::Error);
}

} // namespace
