// Where NaN and Inf come up first.

#include <torchtidy/anomaly.h>

#include <torchtidy/hnn.h>
#include <torchtidy/inspect.h>

#include "device_test.h"

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torchtidy::AnomalyMode;
using torchtidy::AnomalyOptions;

namespace {

/// sqrt of a negative number.
struct RootImpl : nn::Module {
  Tensor forward(Tensor x) {
    return (x - 100).sqrt();
  }
};
TORCHTIDY_MODULE(Root);

/// Finite forward, Inf backward: the slope of a root at 0, times what comes.
struct SteepImpl : nn::Module {
  Tensor forward(Tensor x) {
    return (x * 0).sqrt();
  }
};
TORCHTIDY_MODULE(Steep);

template <typename Middle>
struct ModelImpl : nn::Module {
  ModelImpl() {
    fc1 = register_module("fc1", hnn::Linear(4, 4));
    middle = register_module("middle", Middle());
    fc2 = register_module("fc2", hnn::Linear(4, 1));
  }
  Tensor forward(Tensor x) {
    return fc2(middle(fc1(x)));
  }
  hnn::Linear fc1{nullptr}, fc2{nullptr};
  Middle middle{nullptr};
};
using RootModelImpl = ModelImpl<Root>;
using SteepModelImpl = ModelImpl<Steep>;
using FineModelImpl = ModelImpl<hnn::Tanh>;
TORCHTIDY_MODULE(RootModel);
TORCHTIDY_MODULE(SteepModel);
TORCHTIDY_MODULE(FineModel);

class Anomaly : public DeviceTest {};
INSTANTIATE_ON_DEVICES(Anomaly);

TEST_P(Anomaly, ForwardNamesTheModule) {
  RootModel net;
  net->to(device());
  const auto x = torch::randn({2, 4}, on_device());
  {
    const AnomalyMode anomaly(net);
    const auto message = error_of([&] { net(x); });
    EXPECT_THAT(message, HasSubstr("output of 'middle'"));
    EXPECT_THAT(message, HasSubstr("8 NaN and 0 Inf among 8 values"));
    EXPECT_THAT(message, HasSubstr("comes up in this module"));
    EXPECT_EQ(anomaly.first_forward()->name, "middle");
    EXPECT_TRUE(anomaly.unwatched().empty());
  }
  EXPECT_NO_THROW(net(x)) << "the scope has ended";
}

TEST_P(Anomaly, BackwardNamesTheModule) {
  SteepModel net;
  net->to(device());
  const auto x = torch::randn({2, 4}, on_device());
  Tensor kept;
  {
    const AnomalyMode anomaly(net);
    kept = net(x).sum();
    const auto message = error_of([&] { net(x).sum().backward(); });
    EXPECT_THAT(message, HasSubstr("gradient of the output of 'fc1'"));
    EXPECT_THAT(message, HasSubstr("the last finite one was the gradient of the output of 'middle'"));
    EXPECT_EQ(anomaly.first_backward()->name, "fc1");
    EXPECT_FALSE(anomaly.first_forward().has_value());
  }
  EXPECT_NO_THROW(kept.backward()) << "the scope has ended";
}

TEST_P(Anomaly, WithoutThrowingTheFirstIsKept) {
  RootModel net;
  net->to(device());
  AnomalyMode anomaly(net, AnomalyOptions().throws(false));
  net(torch::randn({2, 4}, on_device())).sum().backward();
  EXPECT_EQ(anomaly.first_forward()->name, "middle");
  EXPECT_EQ(anomaly.first_backward()->name, "fc2") << "its weight's gradient is made of its input";
  EXPECT_EQ(anomaly.first_backward()->tensor, "gradient of 'weight'");
  anomaly.clear();
  EXPECT_FALSE(anomaly.first_forward().has_value());
}

TEST_P(Anomaly, ParametersAndInputsAreSaid) {
  FineModel net;
  net->to(device());
  const AnomalyMode anomaly(net);
  const auto x = torch::randn({2, 4}, on_device());
  EXPECT_NO_THROW(net(x).sum().backward());
  EXPECT_THAT(error_of([&] { net(x / 0); }), HasSubstr("its inputs have some already"));
  {
    torch::NoGradGuard no_grad;
    net->fc2->bias.fill_(std::nan(""));
  }
  EXPECT_THAT(error_of([&] { net(x); }), HasSubstr("not its 'bias'"));
}

TEST(AnomalyModes, InfMayBeMeant) {
  FineModel net;
  const auto x = torch::full({1, 4}, INFINITY);
  EXPECT_THROW(
      {
        const AnomalyMode anomaly(net->fc2);
        net->fc2(x);
      },
      c10::Error);
  const AnomalyMode anomaly(net->middle, AnomalyOptions().inf(false));
  EXPECT_NO_THROW(net->middle->forward(x));
}

TEST(AnomalyModes, OneDirectionOnly) {
  RootModel net;
  AnomalyMode anomaly(net, AnomalyOptions().forward(false));
  Tensor y;
  EXPECT_NO_THROW(y = net(torch::randn({2, 4})));
  EXPECT_THROW(y.sum().backward(), c10::Error);
}

TEST(AnomalyModes, ANullChildIsLeftOut) {
  RootModel net;
  net->register_module("none", std::shared_ptr<nn::Module>());
  net->middle->register_module("none", std::shared_ptr<nn::Module>());
  const AnomalyMode anomaly(net);
  EXPECT_THAT(error_of([&] { net(torch::randn({2, 4})); }), HasSubstr("output of 'middle'"));
}

TEST(AnomalyModes, SayWhatIsNotWatched) {
  struct MixedImpl : nn::Module {
    MixedImpl() {
      hooked = register_module("hooked", hnn::Linear(2, 2));
      plain = register_module("plain", nn::Linear(2, 2));
    }
    hnn::Linear hooked{nullptr};
    nn::Linear plain{nullptr};
  };
  MixedImpl net;
  EXPECT_THAT(AnomalyMode(net).unwatched(), ElementsAre("plain"));
  nn::Linear plain(2, 2);
  EXPECT_THAT(error_of([&] { AnomalyMode anomaly(plain); }), HasSubstr("hnn"));
}

TEST(AnomalyModes, ReportsNameTheFirst) {
  RootModel net;
  torchtidy::ActivationInspector activations(net);
  torchtidy::GradientInspector gradients(net);
  net(torch::randn({2, 4})).sum().backward();
  EXPECT_EQ(activations.collect().first_non_finite(), "middle");
  EXPECT_EQ(gradients.collect().first_non_finite(), "fc1") << "that of middle's output is finite";
  EXPECT_EQ(torchtidy::inspect_parameter_gradients(*net).first_non_finite(), "fc2.weight");
  FineModel fine;
  torchtidy::ActivationInspector fine_activations(fine);
  fine(torch::randn({2, 4}));
  EXPECT_EQ(fine_activations.collect().first_non_finite(), "");
}

} // namespace
