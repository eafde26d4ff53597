// Averages of weights: first copy, EMA, SWA, buffers, statistics of batch norms.

#include <torchtidy/averaged_model.h>

#include <torchtidy/hnn.h>
#include <torchtidy/parametrize.h>
#include <torchtidy/state_dict.h>

#include "device_test.h"

#include <sstream>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torchtidy::AveragedModel;
using torchtidy::AveragedModelOptions;

namespace {

struct NetImpl : nn::Cloneable<NetImpl> {
  NetImpl() {
    NetImpl::reset();
  }
  void reset() override {
    fc = register_module("fc", nn::Linear(3, 2));
    norm = register_module("norm", nn::BatchNorm1d(2));
  }
  Tensor forward(Tensor x) {
    return norm(fc(x));
  }
  nn::Linear fc{nullptr};
  nn::BatchNorm1d norm{nullptr};
};
TORCH_MODULE(Net);

struct PlainImpl : nn::Module {
  explicit PlainImpl(int64_t width) {
    fc = register_module("fc", nn::Linear(3, width));
  }
  Tensor forward(Tensor x) {
    return fc(x);
  }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Plain);

void fill(nn::Module& module, double value) {
  torch::NoGradGuard no_grad;
  for (auto& parameter : module.parameters()) {
    parameter.fill_(value);
  }
}

class Averaged : public DeviceTest {};
INSTANTIATE_ON_DEVICES(Averaged);

TEST_P(Averaged, TheFirstCopiesThenTheMeanOfAll) {
  Net net;
  net->to(device());
  fill(*net, 1);
  AveragedModel<Net> averaged(net);
  EXPECT_THAT(
      torchtidy::state_dict(averaged).keys(),
      ElementsAre(
          "n_averaged",
          "module.fc.weight",
          "module.fc.bias",
          "module.norm.weight",
          "module.norm.bias",
          "module.norm.running_mean",
          "module.norm.running_var",
          "module.norm.num_batches_tracked"));
  for (const double value : {2.0, 4.0, 9.0}) {
    fill(*net, value);
    averaged->update_parameters(net);
  }
  EXPECT_EQ(averaged->n_averaged.item<int64_t>(), 3);
  EXPECT_TRUE(torch::allclose(averaged->module->fc->weight, torch::full({2, 3}, 5.0, on_device())));
  EXPECT_EQ(net->fc->weight[0][0].item<float>(), 9) << "the model is its own";
}

TEST_P(Averaged, TheMeanOfAllInEveryForm) {
  for (const auto& options :
       {AveragedModelOptions().avg_fn(torchtidy::get_swa_avg_fn()),
        AveragedModelOptions().multi_avg_fn(torchtidy::get_swa_multi_avg_fn()).use_buffers(true)}) {
    Net net;
    net->to(device());
    AveragedModel<Net> averaged(net, options);
    for (const double value : {2.0, 4.0, 9.0}) {
      fill(*net, value);
      net->norm->num_batches_tracked.fill_(value);
      averaged->update_parameters(net);
    }
    EXPECT_TRUE(torch::allclose(averaged->module->fc->weight, torch::full({2, 3}, 5.0, on_device())));
    EXPECT_EQ(averaged->module->norm->num_batches_tracked.item<int64_t>(), options.use_buffers_ ? 5 : 9);
  }
}

TEST_P(Averaged, ExponentialWithBuffersOrCopiesOfThem) {
  for (const bool use_buffers : {false, true}) {
    Net net;
    net->to(device());
    auto options = AveragedModelOptions().use_buffers(use_buffers);
    AveragedModel<Net> ema(net, options.multi_avg_fn(torchtidy::get_ema_multi_avg_fn(0.75)));
    fill(*net, 0);
    ema->update_parameters(net);
    fill(*net, 4);
    {
      torch::NoGradGuard no_grad;
      net->norm->running_mean.fill_(8);
      net->norm->num_batches_tracked.fill_(100);
    }
    ema->update_parameters(net);
    EXPECT_TRUE(torch::allclose(ema->module->fc->weight, torch::ones({2, 3}, on_device())));
    EXPECT_NEAR(ema->module->norm->running_mean[0].item<double>(), use_buffers ? 2 : 8, 1e-6);
    EXPECT_EQ(ema->module->norm->num_batches_tracked.item<int64_t>(), use_buffers ? 25 : 100);
  }
}

TEST_P(Averaged, AnOwnFunctionAndAnOwnDevice) {
  Net net;
  net->to(device());
  std::vector<int64_t> counts;
  AveragedModel<Net> largest(
      net,
      AveragedModelOptions()
          .device(torch::kCPU)
          .avg_fn([&](const Tensor& averaged, const Tensor& current, const Tensor& n_averaged) {
            counts.push_back(n_averaged.item<int64_t>());
            return torch::maximum(averaged, current);
          }));
  for (const double value : {3.0, 5.0, 4.0}) {
    fill(*net, value);
    largest->update_parameters(net);
  }
  EXPECT_TRUE(identical(largest->module->fc->weight, torch::full({2, 3}, 5.0f)));
  EXPECT_THAT(counts, ElementsAre(1, 1, 1, 1, 2, 2, 2, 2));
  EXPECT_FALSE(largest->forward(torch::randn({4, 3})).is_cuda());
}

TEST_P(Averaged, UpdateBnIsTheMeanOfAllBatches) {
  Net net;
  net->to(device());
  net->norm->eval(); // frozen
  const auto before = net->norm->options.momentum();
  std::vector<std::pair<Tensor, int>> loader;
  Tensor mean = torch::zeros({2}, on_device());
  for (int i = 0; i < 3; ++i) {
    loader.emplace_back(torch::randn({8, 3}), i);
    mean += net->fc(loader.back().first.to(device())).mean(0) / 3;
  }
  torchtidy::update_bn(loader, net, device());
  EXPECT_TRUE(torch::allclose(net->norm->running_mean, mean, 1e-4, 1e-5));
  EXPECT_EQ(net->norm->num_batches_tracked.item<int64_t>(), 3);
  EXPECT_EQ(net->norm->options.momentum(), before);
  EXPECT_TRUE(net->is_training() && !net->norm->is_training());
}

TEST(AveragedModels, WithoutCloneAFactoryMakesThem) {
  Plain net(2);
  EXPECT_THAT(error_of([&] { AveragedModel<Plain> averaged(net); }), HasSubstr("clone()"));
  AveragedModel<Plain> averaged(net, AveragedModelOptions(), [] { return Plain(2); });
  EXPECT_TRUE(identical(averaged->module->fc->weight, net->fc->weight));
  EXPECT_FALSE(averaged->module->fc->weight.is_same(net->fc->weight));
  Plain other(4);
  EXPECT_THAT(error_of([&] { averaged->update_parameters(other); }), HasSubstr("'fc.weight'"));
  EXPECT_EQ(averaged->n_averaged.item<int64_t>(), 0);
}

TEST(AveragedModels, KeepModesAndFrozenParameters) {
  Net net;
  net->fc->weight.requires_grad_(false);
  net->norm->eval();
  AveragedModel<Net> averaged(net);
  EXPECT_FALSE(averaged->module->fc->weight.requires_grad());
  EXPECT_FALSE(averaged->module->norm->is_training());
  EXPECT_TRUE(averaged->module->is_training());
}

TEST(AveragedModels, GoThroughArchives) {
  Net net;
  AveragedModel<Net> averaged(net), other(net);
  fill(*net, 3);
  averaged->update_parameters(net);
  std::stringstream file;
  torch::save(averaged, file);
  torch::load(other, file);
  EXPECT_EQ(other->n_averaged.item<int64_t>(), 1);
  EXPECT_TRUE(identical(other->module->fc->weight, torch::full({2, 3}, 3.0f)));
}

TEST(AveragedModels, OfParametrizedLayers) {
  auto fc = torchtidy::parametrizations::weight_norm(hnn::Linear(3, 2));
  AveragedModel<hnn::Linear> averaged(fc);
  const auto x = torch::randn({4, 3});
  EXPECT_TRUE(identical(averaged->forward(x), fc->forward(x)));
  {
    torch::NoGradGuard no_grad;
    for (auto& parameter : fc->parameters()) {
      parameter.mul_(2);
    }
  }
  averaged->update_parameters(fc);
  EXPECT_TRUE(identical(averaged->forward(x), fc->forward(x)));
}

struct TwoImpl : nn::Module {
  TwoImpl(double value, const Tensor& buffer) {
    first = register_parameter("first", torch::full({2}, value));
    register_buffer("second", buffer);
  }
  Tensor forward(Tensor x) {
    return x * first;
  }
  Tensor first;
};
TORCH_MODULE(Two);

TEST(AveragedModels, WhatCannotBeCopiedIsAskedBefore) {
  const auto plain = torch::ones({2}), quantized = torch::quantize_per_tensor(plain, 0.5, 0, torch::kQInt8);
  const auto average_of = [](const Tensor& buffer, bool use_buffers) {
    Two model(1, buffer);
    return AveragedModel<Two>(
        model, AveragedModelOptions().use_buffers(use_buffers), [&] { return Two(0, buffer.clone()); });
  };
  const auto refuses = [](AveragedModel<Two>& averaged, const Two& model, const char* reason) {
    const Tensor before = averaged->module->first.detach().clone(), count = averaged->n_averaged.clone();
    EXPECT_THAT(error_of([&] { averaged->update_parameters(model); }), HasSubstr(reason));
    EXPECT_TRUE(identical(averaged->module->first.detach(), before)) << reason;
    EXPECT_TRUE(identical(averaged->n_averaged, count)) << reason;
  };
  for (const bool use_buffers : {false, true}) {
    auto of_plain = average_of(plain, use_buffers), of_quantized = average_of(quantized, use_buffers);
    refuses(of_plain, Two(2, quantized), "'second': quantized in the model");
    refuses(of_quantized, Two(2, plain), "'second': quantized in the average");
    of_quantized->update_parameters(Two(2, quantized)); // copies
    if (use_buffers) {
      refuses(of_quantized, Two(4, quantized), "'second': quantized, which can be copied but not averaged");
    } else {
      of_quantized->update_parameters(Two(4, quantized));
      EXPECT_EQ(of_quantized->module->first[0].item<double>(), 3);
    }
    of_plain->module->buffers()[0].set_data(torch::ones({1}).expand({2}));
    refuses(of_plain, Two(2, plain), "'second': an expanded tensor in the average");
  }
}

TEST(AveragedModels, ANullChildIsNamed) {
  Net net;
  AveragedModel<Net> ema(net);
  net->register_module("skip", std::shared_ptr<nn::Module>());
  EXPECT_THAT(error_of([&] { AveragedModel<Net> of_null(net); }), HasSubstr("'skip'"));
  EXPECT_THAT(error_of([&] { ema->update_parameters(net); }), HasSubstr("'skip'"));
  EXPECT_EQ(ema->n_averaged.item<int64_t>(), 0);
}

TEST(AveragedModels, ErrorsSayWhatToDo) {
  Net net;
  EXPECT_THAT(error_of([] { torchtidy::get_ema_multi_avg_fn(1.5); }), HasSubstr("[0, 1]"));
  auto both = AveragedModelOptions().avg_fn(torchtidy::get_swa_avg_fn());
  both.multi_avg_fn(torchtidy::get_swa_multi_avg_fn());
  EXPECT_THAT(error_of([&] { AveragedModel<Net> averaged(net, both); }), HasSubstr("give one"));
}

} // namespace
