// FeatureExtractor and the inspectors.

#include "device_test.h"
#include "operator_counter.h"

#include <torchtidy/any_hooks.h>
#include <torchtidy/capture.h>
#include <torchtidy/hnn.h>
#include <torchtidy/inspect.h>
#include <torchtidy/parametrize.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torchtidy::ActivationInspector;
using torchtidy::CapturePolicy;
using torchtidy::FeatureExtractor;
using torchtidy::GradientInspector;
using torchtidy::InspectorOptions;

namespace {

struct PyramidImpl : torch::nn::Module {
  PyramidImpl() {
    layer1 = register_module(
        "layer1",
        nn::Sequential(
            nn::Conv2d(nn::Conv2dOptions(3, 4, 3).padding(1)), nn::ReLU(nn::ReLUOptions().inplace(true))));
    layer2 = register_module(
        "layer2", nn::Sequential(nn::Conv2d(nn::Conv2dOptions(4, 8, 3).padding(1)), nn::ReLU()));
    shared = register_module("shared", hnn::Linear(8, 8));
    rnn = register_module("rnn", hnn::GRU(8, 8));
  }
  Tensor forward(Tensor x) {
    x = layer2->forward(layer1->forward(x)).mean({2, 3});
    x = shared(shared(x));
    auto y = std::get<0>(rnn(x.unsqueeze(0)));
    return in_place ? y.add_(10) : y + 10;
  }
  bool in_place = false; // cuDNN's backward needs the output as it was
  nn::Sequential layer1, layer2;
  hnn::Linear shared{nullptr};
  hnn::GRU rnn{nullptr};
};
TORCHTIDY_MODULE(Pyramid);

class Capture : public DeviceTest {
 protected:
  void SetUp() override {
    DeviceTest::SetUp();
    if (!IsSkipped()) {
      net->to(device());
      image = torch::rand({2, 3, 8, 8}, on_device());
    }
  }
  Pyramid net;
  Tensor image;
};
INSTANTIATE_ON_DEVICES(Capture);

TEST_P(Capture, ByNameInCallOrder) {
  FeatureExtractor features(net, {"layer2", "layer1.0", "shared", "rnn"});
  const auto y = net(image);
  std::vector<std::string> order;
  for (const auto& captured : features.captured()) {
    order.push_back(captured.name + std::to_string(captured.call));
  }
  EXPECT_THAT(order, ElementsAre("layer1.00", "layer20", "shared0", "shared1", "rnn0"));
  EXPECT_EQ(features["layer2"].sizes(), (std::vector<int64_t>{2, 8, 8, 8}));
  EXPECT_EQ(features.all("shared").size(), 2u);
  EXPECT_TRUE(features["shared"].is_same(features.all("shared")[1]));
  EXPECT_EQ(features.captured().back().tensors.size(), 2u) << "all tensors of a tuple";
  EXPECT_EQ(features.take().size(), 5u);
  EXPECT_TRUE(features.captured().empty());
  net(image);
  EXPECT_EQ(features.captured().front().call, 0u);
  features.clear();
  features.stop();
  net(image);
  EXPECT_TRUE(features.captured().empty());
}

TEST_P(Capture, Policies) {
  net->in_place = true;
  const auto run = [&](CapturePolicy policy) {
    FeatureExtractor features(net, {"rnn", "layer1.0"}, policy);
    net(image);
    return features.take();
  };
  const auto conv = [&] {
    return torch::nn::functional::conv2d(
        image,
        net->layer1->at<nn::Conv2dImpl>(0).weight,
        torch::nn::functional::Conv2dFuncOptions().bias(net->layer1->at<nn::Conv2dImpl>(0).bias).padding(1));
  }();
  // captured: [0] layer1.0, changed in place by the ReLU behind it; [1] rnn, changed by add_(10).
  EXPECT_TRUE(run(CapturePolicy::keep_graph)[1].tensors[0].requires_grad());
  EXPECT_FALSE(run(CapturePolicy::detach)[1].tensors[0].requires_grad());
  EXPECT_GE(run(CapturePolicy::detach)[1].tensors[0].min().item<double>(), 5);
  EXPECT_GE(run(CapturePolicy::detach)[0].tensors[0].min().item<double>(), 0);
  const auto cloned = run(CapturePolicy::detach_clone);
  EXPECT_LT(cloned[1].tensors[0].max().item<double>(), 5);
  EXPECT_TRUE(torch::allclose(cloned[0].tensors[0], conv, 1e-4, 1e-5));
  EXPECT_LT(cloned[0].tensors[0].min().item<double>(), 0);
  const auto host = run(CapturePolicy::to_host_async);
  EXPECT_TRUE(host[0].tensors[0].device().is_cpu());
  EXPECT_TRUE(identical(host[0].tensors[0], cloned[0].tensors[0].cpu()));
  EXPECT_FALSE(host[0].tensors[0].requires_grad());
}

TEST_P(Capture, KeepsTheLastCallsIfTold) {
  FeatureExtractor features(net, {"layer2", "shared"}, torchtidy::CaptureOptions().keep(1));
  for (int i = 0; i < 3; ++i) {
    net(image);
  }
  EXPECT_EQ(features.captured().size(), 2u);
  EXPECT_EQ(features.all("layer2").size(), 1u);
  EXPECT_EQ(features.captured()[0].call, 2u) << "calls are counted all the same";
  EXPECT_EQ(features.captured()[1].call, 5u);
  EXPECT_THAT(
      error_of([&] { FeatureExtractor none(net, {"layer2"}, torchtidy::CaptureOptions().keep(0)); }),
      HasSubstr("captures nothing"));
}

TEST_P(Capture, ReadingOneLayerDoesNotReadTheOthers) {
  hnn::Sequential two{hnn::Identity(), hnn::Identity()};
  FeatureExtractor features(two, {"0", "1"}, CapturePolicy::keep_graph);
  const auto x = torch::ones({1}, on_device());
  const auto seconds_after = [&](int calls) {
    for (int i = 0; i < calls; ++i) {
      two->forward(x);
    }
    double best = 1;
    for (int round = 0; round < 20; ++round) { // the machine does other things as well
      const auto start = std::chrono::steady_clock::now();
      features["1"];
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
      best = std::min(best, taken.count());
    }
    return best;
  };
  const double few = std::max(1e-6, seconds_after(10));
  EXPECT_LT(seconds_after(5000), 50 * few) << "hundreds of times if all were read";
}

TEST_P(Capture, WarnsOfWhatWasChangedInPlaceAndOfMuch) {
  nn::Sequential in_place(nn::Linear(4, 4), nn::ReLU(nn::ReLUOptions().inplace(true)));
  in_place->to(device());
  const auto x = torch::rand({1, 4}, on_device());
  const auto said = [&](CapturePolicy policy) {
    FeatureExtractor features(in_place, {"0"}, policy);
    in_place->forward(x);
    testing::internal::CaptureStderr();
    features["0"];
    features["0"];
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(said(CapturePolicy::detach), HasSubstr("'0' is not what it gave"));
  EXPECT_EQ(said(CapturePolicy::detach_clone), "");

  hnn::Identity identity;
  const auto large = torch::empty({1 << 28}, on_device().dtype(torch::kByte)); // 256 MiB, kept as views
  FeatureExtractor features(identity, {""});
  testing::internal::CaptureStderr();
  for (int i = 0; i < 6; ++i) {
    identity(large);
  }
  const auto much = testing::internal::GetCapturedStderr();
  EXPECT_THAT(much, HasSubstr("CaptureOptions().keep(1)"));
  EXPECT_EQ(much.find("CaptureOptions"), much.rfind("CaptureOptions")) << "once";
}

struct BoxedImpl : nn::Module {
  struct Result {
    Tensor x;
  };
  Result forward(Tensor x) {
    return {x};
  }
};
TORCHTIDY_MODULE(Boxed);

TEST_P(Capture, AStructWithoutTraitsIsNotALayerThatHasNotRun) {
  Boxed boxed;
  FeatureExtractor features(boxed, {""});
  EXPECT_THAT(error_of([&] { features[""]; }), HasSubstr("has not run"));
  boxed->forward(torch::ones({1}, on_device()));
  EXPECT_THAT(error_of([&] { features[""]; }), HasSubstr("TensorTraits"));
}

TEST_P(Capture, WrongNamesListNearOnes) {
  const auto error = error_of([&] { FeatureExtractor features(net, {"layer3", "shared", "layer1.9"}); });
  EXPECT_THAT(error, HasSubstr("'layer3': near names: 'layer1', 'layer2'"));
  EXPECT_THAT(error, HasSubstr("'layer1.9'"));
  EXPECT_THAT(error, HasSubstr("'layer1.0'"));
  EXPECT_EQ(error.find("'shared':"), std::string::npos);
  FeatureExtractor features(net, {"shared"});
  EXPECT_THAT(error_of([&] { features["layer1"]; }), HasSubstr("not watched"));
  EXPECT_THAT(error_of([&] { features["shared"]; }), HasSubstr("has not run"));
}

TEST_P(Capture, NothingIsRetainedAfterTheScope) {
  Tensor weak_target;
  c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> watch(
      torch::empty({0}).getIntrusivePtr());
  {
    FeatureExtractor features(net, {"layer2"}, CapturePolicy::keep_graph);
    net(image);
    watch = c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>(
        features["layer2"].getIntrusivePtr());
    EXPECT_FALSE(watch.expired());
  }
  EXPECT_TRUE(watch.expired());
  EXPECT_FALSE(torchtidy::hook_site(*net, "layer2").hooked());
  EXPECT_FALSE(net->shared->hooked());
}

// --- statistics

TEST_P(Capture, GradientStatisticsAreThoseOfTheGradient) {
  for (const bool fused : {true, false}) {
    GradientInspector inspector(
        net, {"layer1", "layer2.0", "shared", "rnn"}, InspectorOptions().fused_cpu(fused));
    std::map<std::string, Tensor> expected;
    auto hook = torchtidy::register_full_backward_pre_hook(
        net, "layer2.0", [&](torch::nn::Module&, const torchtidy::Grads& grads) {
          expected["layer2.0"] = grads[0].clone();
        });
    auto y = net(image);
    y.pow(2).sum().backward();
    const auto report = inspector.collect();
    std::vector<std::string> order;
    for (const auto& layer : report.layers()) {
      order.push_back(layer.name + std::to_string(layer.call));
    }
    EXPECT_THAT(order, ElementsAre("layer10", "layer2.00", "shared0", "shared1", "rnn0")) << "forward order";
    const auto g = expected["layer2.0"];
    const auto& stats = report["layer2.0"];
    EXPECT_EQ(stats.numel, g.numel());
    EXPECT_NEAR(stats.mean_abs, g.abs().mean().item<double>(), 1e-6 * stats.mean_abs);
    EXPECT_NEAR(stats.std, g.std().item<double>(), 1e-5 * stats.std);
    EXPECT_EQ(stats.min_abs, g.abs().min().item<double>());
    EXPECT_EQ(stats.max_abs, g.abs().max().item<double>());
    EXPECT_NEAR(stats.norm, g.norm().item<double>(), 1e-5 * stats.norm);
    EXPECT_EQ(stats.nan_count, 0);
    EXPECT_TRUE(report.missing().empty());
    EXPECT_TRUE(inspector.collect().layers().empty()) << "a step is reported once";
  }
}

TEST_P(Capture, StatisticsOfOddTensors) {
  hnn::Identity identity;
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::nan("");
  for (const bool fused : {true, false}) {
    for (const auto dtype : {torch::kFloat, torch::kDouble, torch::kHalf, torch::kBFloat16}) {
      ActivationInspector inspector(identity, {""}, InspectorOptions().fused_cpu(fused));
      identity(torch::tensor({1.0, -2.0, 0.0, 3.0}, on_device()).to(dtype));
      const auto plain = inspector.collect()[""];
      EXPECT_EQ(plain.mean_abs, 1.5);
      EXPECT_NEAR(plain.std, std::sqrt(13.0 / 3), 1e-6);
      EXPECT_EQ(plain.min_abs, 0);
      EXPECT_EQ(plain.max_abs, 3);
      EXPECT_NEAR(plain.norm, std::sqrt(14.0), 1e-6);
      identity(torch::tensor({1.0, nan, inf, -inf, 2.0}, on_device()).to(dtype));
      const auto odd = inspector.collect()[""];
      EXPECT_EQ(odd.nan_count, 1);
      EXPECT_EQ(odd.inf_count, 2);
      EXPECT_TRUE(std::isnan(odd.mean_abs));
      EXPECT_TRUE(std::isnan(odd.min_abs));
      EXPECT_TRUE(std::isnan(odd.max_abs));
      EXPECT_TRUE(std::isnan(odd.std));
    }
    ActivationInspector inspector(identity, {""}, InspectorOptions().fused_cpu(fused));
    identity(torch::empty({0}, on_device()));
    const auto empty = inspector.collect()[""];
    EXPECT_EQ(empty.numel, 0);
    EXPECT_TRUE(std::isnan(empty.mean_abs));
    // A half tensor whose squares do not fit into a half.
    identity(torch::full({1000}, 300.0, on_device().dtype(torch::kHalf)));
    EXPECT_NEAR(inspector.collect()[""].norm, 300 * std::sqrt(1000.0), 1);
    // Not contiguous: the transposed view of a slice.
    const auto base = torch::arange(24, on_device()).to(torch::kFloat).reshape({4, 6});
    identity(base.narrow(1, 1, 3).t());
    EXPECT_NEAR(inspector.collect()[""].norm, base.narrow(1, 1, 3).norm().item<double>(), 1e-3);
  }
}

TEST_P(Capture, StatisticsOfValuesWhoseSquaresOverflow) {
  hnn::Identity identity;
  for (const bool fused : {true, false}) {
    ActivationInspector inspector(identity, {""}, InspectorOptions().fused_cpu(fused));
    const auto check = [&](const Tensor& x, double norm, double std) {
      identity(x);
      const auto stats = inspector.collect()[""];
      EXPECT_NEAR(stats.norm / norm, 1, 1e-5) << x.sizes();
      EXPECT_NEAR(stats.std / std, 1, 1e-5) << x.sizes();
      EXPECT_EQ(stats.nan_count + stats.inf_count, 0);
    };
    const auto signs = torch::tensor({3.0, -4.0, 0.0}, on_device().dtype(torch::kDouble));
    const double std = std::sqrt((25 - 1.0 / 3) / 2);
    check(signs * 1e200, 5e200, std * 1e200);
    check(signs * 1e-200, 5e-200, std * 1e-200);
    check((signs * 1e30).to(torch::kFloat), 5e30, std * 1e30);
    const int64_t many = 300001; // more than one block takes: reduced where it is
    const auto wide = torch::full({many}, 3e25, on_device());
    wide[0] = -3e25;
    check(
        wide, 3e25 * std::sqrt(many), 3e25 * std::sqrt((many - std::pow(many - 2.0, 2) / many) / (many - 1)));
    // A part that is far larger than the others.
    auto mixed = torch::ones({5000}, on_device().dtype(torch::kDouble));
    mixed[4000] = 1e180;
    check(mixed, 1e180, 1e180 / std::sqrt(5000.0));
    identity(torch::zeros({10}, on_device()));
    const auto zero = inspector.collect()[""];
    EXPECT_EQ(zero.norm, 0);
    EXPECT_EQ(zero.std, 0);
    EXPECT_EQ(zero.mean_abs, 0);
  }
}

TEST_P(Capture, StatisticsOfManySizes) {
  // Below and above what is copied into a block, blocks that overflow, views, a mean far from zero.
  hnn::Identity identity;
  ActivationInspector inspector(identity, {""}, InspectorOptions().fused_cpu(false));
  std::vector<Tensor> inputs;
  for (const int64_t size : {1, 2, 1023, 1024, 1025, 262144, 262145, 1000003}) {
    inputs.push_back(torch::randn({size}, on_device()) * 3 + 1000);
    inputs.push_back(torch::randn({size, 3}, on_device()).t());
  }
  for (int i = 0; i < 8; ++i) {
    inputs.push_back(torch::randn({4, 2, 25000}, on_device()).relu());
  }
  auto odd = torch::rand({600, 1000}, on_device());
  odd.view({-1}).narrow(0, 500000, 4).copy_(torch::tensor({std::nan(""), 0.0, HUGE_VAL, -HUGE_VAL}));
  inputs.push_back(odd);
  inputs.push_back(odd.narrow(0, 400, 200));
  inputs.push_back(torch::full({2, 2}, HUGE_VAL, on_device()));
  inputs.push_back((torch::randn({700, 700}, on_device()) * 100).to(torch::kHalf));
  inputs.push_back(
      torch::rand({2, 300000}, on_device()).mul_(torch::arange(2, on_device()).view({2, 1})).t());
  for (const auto& input : inputs) {
    identity(input);
  }
  const auto report = inspector.collect();
  ASSERT_EQ(report.layers().size(), inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto host = inputs[i].to(torch::kCPU, torch::kDouble);
    const auto& stats = report.layers()[i];
    const auto near = [&](double value, const Tensor& reference, double relative) {
      const double wanted = reference.item<double>();
      if (std::isfinite(wanted)) {
        EXPECT_NEAR(value, wanted, relative * std::abs(wanted)) << host.sizes();
      } else {
        EXPECT_EQ(std::isnan(value), std::isnan(wanted)) << host.sizes();
        EXPECT_EQ(std::isinf(value), std::isinf(wanted)) << host.sizes();
      }
    };
    near(stats.mean_abs, host.abs().mean(), 1e-6);
    near(stats.std, host.std(), 1e-5);
    near(stats.min_abs, host.abs().min(), 0);
    near(stats.max_abs, host.abs().max(), 0);
    near(stats.norm, host.norm(), 1e-6);
    EXPECT_EQ(stats.numel, host.numel());
    EXPECT_EQ(stats.nan_count, host.isnan().sum().item<int64_t>());
    EXPECT_EQ(stats.inf_count, host.isinf().sum().item<int64_t>());
    const bool has_units = host.dim() >= 2;
    const auto dead = has_units ? host.ne(0).transpose(0, 1).flatten(1).any(1).logical_not() : Tensor();
    EXPECT_EQ(stats.dead_share, has_units ? dead.to(torch::kDouble).mean().item<double>() : -1)
        << host.sizes();
  }
}

TEST_P(Capture, StatisticsOfAStepPartlyInInferenceMode) {
  hnn::Identity identity;
  ActivationInspector inspector(identity, {""}, InspectorOptions().fused_cpu(false));
  {
    const c10::InferenceMode on;
    identity(torch::ones({4}, on_device()));
  }
  identity(torch::full({4}, 2, on_device().dtype(torch::kFloat)));
  const auto report = inspector.collect();
  EXPECT_EQ(report.layers()[0].mean_abs, 1);
  EXPECT_EQ(report.layers()[1].mean_abs, 2);
}

TEST_P(Capture, DeadUnits) {
  hnn::ReLU relu;
  for (const bool fused : {true, false}) {
    ActivationInspector channels(relu, {""}, InspectorOptions().fused_cpu(fused));
    auto x = torch::rand({3, 4, 5}, on_device()) + 0.1;
    x.select(1, 2).fill_(-1);
    x.select(1, 0).select(0, 0).fill_(-1); // dead for one sample only
    relu(x);
    EXPECT_EQ(channels.collect()[""].dead_share, 0.25);
    ActivationInspector features(relu, {""}, InspectorOptions().unit_dim(-1).fused_cpu(fused));
    relu(x);
    EXPECT_EQ(features.collect()[""].dead_share, 0);
    relu(torch::rand({3}, on_device()));
    EXPECT_EQ(features.collect()[""].dead_share, -1);
  }
}

TEST(CaptureOnAnyDevice, ManyNamesTakeTimeInProportion) {
  const auto seconds_for = [](size_t count) {
    nn::Sequential net;
    std::vector<std::string> names;
    for (size_t i = 0; i < count; ++i) {
      net->push_back(nn::Identity());
      names.push_back(std::to_string(i));
    }
    const auto start = std::chrono::steady_clock::now();
    const FeatureExtractor features(net, names);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  seconds_for(100);
  const double few = std::min(seconds_for(250), seconds_for(250));
  EXPECT_LT(seconds_for(2000) / few, 32) << "8 in proportion, 64 if each name walked the model";
}

TEST(CaptureOnAnyDevice, AnInspectorThatIsNeverCollectedWarnsOnce) {
  nn::Sequential net;
  for (int i = 0; i < 64; ++i) {
    net->push_back(nn::Identity());
  }
  const auto x = torch::ones({1, 1});
  ActivationInspector inspector(net);
  const auto said_in = [&](int forwards) {
    testing::internal::CaptureStderr();
    for (int i = 0; i < forwards; ++i) {
      net->forward(x);
    }
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(said_in(1024), "");
  EXPECT_THAT(said_in(1), HasSubstr("65537 calls: call collect() once a step"));
  EXPECT_EQ(said_in(1), "");
  EXPECT_EQ(inspector.collect().layers().size(), 64u * 1026u);
}

TEST_P(Capture, OneCopyToTheHostAStep) {
  // The operators that would stop a device: counted through the dispatcher, on the path of all devices.
  nn::Sequential deep;
  const size_t layers = 20;
  for (size_t i = 0; i < layers; ++i) {
    deep->push_back(nn::Linear(8, 8));
  }
  deep->to(device());
  const auto x = torch::rand({4, 8}, on_device());
  size_t of_the_model = 0, copies_of_the_model = 0, reductions_of_the_model = 0;
  {
    OperatorCounter count;
    deep->forward(x).sum().backward();
    of_the_model = count["aten::_local_scalar_dense"];
    copies_of_the_model = count["aten::copy_"];
    reductions_of_the_model = count["aten::sum"];
  }
  {
    GradientInspector inspector(*deep, {}, InspectorOptions().fused_cpu(false));
    OperatorCounter count;
    deep->forward(x).sum().backward();
    EXPECT_EQ(count["aten::_local_scalar_dense"], of_the_model) << "no synchronisation inside hooks";
    const size_t copies_in_hooks = count["aten::copy_"];
    EXPECT_EQ(copies_in_hooks - copies_of_the_model, layers) << "a hook queues one operator";
    EXPECT_EQ(count["aten::sum"], reductions_of_the_model);
    const auto report = inspector.collect();
    EXPECT_EQ(report.layers().size(), layers);
    EXPECT_EQ(count["aten::_local_scalar_dense"], of_the_model);
    EXPECT_EQ(count["copies to the host"], device().is_cpu() ? 0u : 1u);
    EXPECT_LT(count["aten::sum"] - reductions_of_the_model, layers)
        << "reductions run over all layers at once";
    std::cout << "[ MEASURED ] " << layers << " layers: " << count["copies to the host"]
              << " copies to the host and " << count["aten::_local_scalar_dense"] - of_the_model
              << " .item() a step\n";
  }
  {
    torchtidy::HookHandles handles;
    for (size_t i = 0; i < layers; ++i) {
      handles += torchtidy::register_full_backward_hook(
          deep,
          std::to_string(i),
          [](torch::nn::Module&, const torchtidy::Grads&, const torchtidy::Grads& out) {
            out[0].abs().mean().item();
            out[0].std().item();
            out[0].abs().max().item();
            out[0].abs().min().item();
          });
    }
    OperatorCounter count;
    deep->forward(x).sum().backward();
    // The CPU's std() reads its mean back, which makes five.
    EXPECT_GE(count["aten::_local_scalar_dense"] - of_the_model, 4 * layers) << "the design text's way";
    std::cout << "[ MEASURED ] four .item() a layer: " << count["aten::_local_scalar_dense"] - of_the_model
              << " a step\n";
  }
}

TEST_P(Capture, VanishingExplodingAndMissing) {
  nn::Sequential net(nn::Linear(4, 4), nn::Linear(4, 4), nn::Linear(4, 4));
  net->to(device());
  {
    torch::NoGradGuard no_grad;
    net->at<nn::LinearImpl>(1).weight.mul_(1e-9);
    net->at<nn::LinearImpl>(2).weight.fill_(1e4);
  }
  GradientInspector inspector(*net);
  net->forward(torch::rand({2, 4}, on_device())).sum().backward();
  auto report = inspector.collect();
  EXPECT_THAT(report.vanishing(), testing::IsEmpty());
  GradientInspector strict(*net, {"0", "1", "2"}, InspectorOptions().vanishing(1e-3));
  net->forward(torch::rand({2, 4}, on_device())).sum().backward();
  report = strict.collect();
  EXPECT_THAT(report.vanishing(), ElementsAre("0"));
  EXPECT_THAT(report.exploding(), ElementsAre("1"));
  torch::NoGradGuard no_grad;
  net->forward(torch::rand({2, 4}, on_device()));
  EXPECT_THAT(strict.collect().missing(), ElementsAre("0", "1", "2"));
}

struct MixedImpl : nn::Module {
  Tensor forward(Tensor x) {
    return list->ptr(0)->as<nn::Linear>()->forward(plain(hooked(x)));
  }
  hnn::Linear hooked = register_module("hooked", hnn::Linear(4, 4));
  hnn::Linear idle = register_module("idle", torchtidy::parametrizations::weight_norm(hnn::Linear(4, 4)));
  nn::Linear plain = register_module("plain", nn::Linear(4, 4));
  nn::ModuleList list = register_module("list", nn::ModuleList(nn::Linear(4, 2)));
  nn::ModuleList empty = register_module("empty", nn::ModuleList());
};
TORCH_MODULE(Mixed);

TEST_P(Capture, WhatIsNotWatchedIsSaid) {
  Mixed net;
  net->to(device());
  GradientInspector gradients(net);
  ActivationInspector activations(net);
  EXPECT_THAT(gradients.unwatched(), ElementsAre("plain", "list.0")) << "lists call nothing";
  EXPECT_THAT(activations.unwatched(), ElementsAre("plain", "list.0"));
  net->forward(torch::rand({2, 4}, on_device())).sum().backward();
  EXPECT_THAT(gradients.collect().missing(), ElementsAre("idle")) << "watched, and did not run";
  EXPECT_THAT(activations.collect().missing(), ElementsAre("idle"));
  GradientInspector some(net, {"hooked"});
  EXPECT_THAT(some.unwatched(), testing::IsEmpty()) << "no more was asked for";
  some = std::move(gradients);
  EXPECT_THAT(some.unwatched(), ElementsAre("plain", "list.0"));
  EXPECT_THAT(
      error_of([&] { GradientInspector inspector(net, {"hooked", "plain"}); }),
      testing::AllOf(HasSubstr("'plain'"), HasSubstr("hnn::Linear")));
}

TEST_P(Capture, GradientsOfParameters) {
  hnn::Linear layer(3, 2);
  layer->to(device());
  layer->bias.requires_grad_(false);
  EXPECT_THAT(torchtidy::inspect_parameter_gradients(layer).missing(), ElementsAre("weight"));
  layer->forward(torch::ones({4, 3}, on_device())).sum().backward();
  layer->weight.mutable_grad()[0][0] = std::nan("");
  layer->register_module("again", nn::Linear(1, 1));
  for (const bool fused : {true, false}) {
    const auto report = torchtidy::inspect_parameter_gradients(layer, InspectorOptions().fused_cpu(fused));
    EXPECT_THAT(report.non_finite(), ElementsAre("weight"));
    EXPECT_EQ(report["weight"].numel, 6);
    EXPECT_EQ(report["weight"].nan_count, 1);
    EXPECT_THAT(report.missing(), ElementsAre("again.weight", "again.bias"));
    EXPECT_THAT(report.json(), HasSubstr("parameter gradient"));
  }
}

TEST_P(Capture, ASharedLayerIsWatchedOnce) {
  hnn::Linear shared(2, 2);
  shared->to(device());
  nn::Sequential net;
  net->push_back("a", shared);
  net->push_back("b", shared);
  torchtidy::GradientInspector gradients(net);
  net->forward(torch::ones({1, 2}, on_device())).sum().backward();
  const auto report = gradients.collect();
  std::vector<std::string> rows;
  for (const auto& layer : report.layers()) {
    rows.push_back(layer.name + "#" + std::to_string(layer.call));
  }
  EXPECT_THAT(rows, ElementsAre("a#0", "a#1"));
}

TEST_P(Capture, InspectorAllowsInPlaceAndLeafOutputs) {
  nn::Sequential net(nn::Identity(), nn::Linear(4, 4), nn::ReLU(nn::ReLUOptions().inplace(true)));
  net->to(device());
  GradientInspector inspector(*net);
  auto leaf = torch::rand({2, 4}, on_device()).requires_grad_();
  for (int i = 0; i < 3; ++i) {
    net->forward(leaf).sum().backward();
    EXPECT_EQ(inspector.collect().layers().size(), 3u);
  }
}

// --- export

torchtidy::InspectionReport sample_report() {
  torchtidy::LayerStats a;
  a.name = "block \"1\", <a&b>";
  a.numel = 4;
  a.mean_abs = 0.5;
  a.std = 0.25;
  a.max_abs = 2;
  a.norm = 3;
  torchtidy::LayerStats b;
  b.name = "fc";
  b.call = 1;
  b.numel = 2;
  b.mean_abs = std::nan("");
  b.nan_count = 1;
  b.dead_share = 0.5;
  return {"gradient", {a, b}, {"head"}, InspectorOptions()};
}

TEST(Report, Csv) {
  EXPECT_EQ(
      sample_report().csv(),
      "layer,call,numel,mean_abs,std,min_abs,max_abs,norm,nan_count,inf_count,dead_share\r\n"
      "\"block \"\"1\"\", <a&b>\",0,4,0.5,0.25,0,2,3,0,0,\r\n"
      "fc,1,2,nan,0,0,0,0,1,0,0.5\r\n");
}

TEST(Report, Json) {
  EXPECT_EQ(
      sample_report().json(),
      "{\"quantity\": \"gradient\", \"layers\": [\n"
      "  {\"layer\": \"block \\\"1\\\", <a&b>\", \"call\": 0, \"numel\": 4, \"mean_abs\": 0.5, \"std\": "
      "0.25, "
      "\"min_abs\": 0, \"max_abs\": 2, \"norm\": 3, \"nan_count\": 0, \"inf_count\": 0},\n"
      "  {\"layer\": \"fc\", \"call\": 1, \"numel\": 2, \"mean_abs\": null, \"std\": 0, \"min_abs\": 0, "
      "\"max_abs\": 0, \"norm\": 0, \"nan_count\": 1, \"inf_count\": 0, \"dead_share\": 0.5}],\n"
      "\"missing\": [\"head\"]}\n");
}

TEST(Report, Svg) {
  const auto svg = sample_report().svg();
  EXPECT_THAT(svg, HasSubstr("block &quot;1&quot;, &lt;a&amp;b&gt;"));
  EXPECT_THAT(svg, HasSubstr("class=\"bar\""));
  EXPECT_THAT(svg, HasSubstr("1 NaN, 0 Inf"));
  EXPECT_THAT(svg, HasSubstr("none in this step"));
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
}

TEST(Report, WriteChoosesByEnding) {
  const std::string path = testing::TempDir() + "report.json";
  sample_report().write(path);
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), sample_report().json());
  std::remove(path.c_str());
  EXPECT_THAT(error_of([] { sample_report().write("report.png"); }), HasSubstr(".csv, .json or .svg"));
  EXPECT_THAT(error_of([] { sample_report().write("/nowhere/report.svg"); }), HasSubstr("Cannot write"));
  EXPECT_THAT(error_of([] { sample_report()["fd"]; }), HasSubstr("'fc'"));
}

TEST(Report, OfATemporaryIsGivenByValue) {
  std::string names;
  for (const auto& layer : sample_report().layers()) {
    names += layer.name + ' ';
  }
  EXPECT_THAT(names, HasSubstr("fc "));
  EXPECT_EQ(sample_report().missing(), std::vector<std::string>{"head"});
  const auto& last = sample_report()["fc"];
  EXPECT_EQ(last.name, "fc");
  static_assert(!std::is_reference_v<decltype(sample_report().layers())>);
  static_assert(!std::is_reference_v<decltype(sample_report()["fc"])>);
}

TEST(Report, AnEmptyOneSaysThatItIs) {
  torch::nn::Sequential net(hnn::Linear(2, 2));
  GradientInspector inspector(*net);
  const auto report = inspector.collect();
  EXPECT_THAT(error_of([&] { report["0"]; }), HasSubstr("it is empty"));
}

} // namespace
