// check(model, optimizer) and summary(model, input).

#include "device_test.h"

#include <torchtidy/check.h>
#include <torchtidy/hnn.h>
#include <torchtidy/summary.h>

#include <sstream>
#include <string>
#include <vector>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using torch::Tensor;
using torchtidy::check;
using torchtidy::summary;

namespace {

/// "path rule" of each finding.
std::vector<std::string> rules_of(const std::vector<torchtidy::Finding>& findings) {
  std::vector<std::string> rules;
  for (const auto& finding : findings) {
    rules.push_back(finding.path + " " + finding.rule);
    EXPECT_FALSE(finding.message.empty() || finding.next_step.empty());
  }
  return rules;
}

using Inspection = DeviceTest;
INSTANTIATE_ON_DEVICES(Inspection);

struct NetImpl : nn::Module {
  Tensor forward(Tensor x) {
    x = torch::relu(norm(fc1(x)));
    return head->forward(fc1(x));
  }
  hnn::Linear fc1 = register_module("fc1", hnn::Linear(4, 4));
  hnn::BatchNorm1d norm = register_module("norm", hnn::BatchNorm1d(4));
  nn::Sequential head = register_module("head", nn::Sequential(nn::Linear(4, 8), nn::ReLU()));
};
TORCHTIDY_MODULE(Net);

TEST_P(Inspection, CheckFindsNothingInAGoodModel) {
  Net net;
  net->to(device());
  const torch::optim::SGD optimizer(net->parameters(), 0.1);
  EXPECT_THAT(rules_of(check(net)), IsEmpty());
  EXPECT_THAT(rules_of(check(net, optimizer)), IsEmpty());
  net->eval();
  net->to(torch::kHalf);
  for (auto& parameter : net->parameters()) {
    parameter.set_requires_grad(false);
  }
  EXPECT_THAT(rules_of(check(net)), IsEmpty()) << "frozen for inference";
}

TEST(Check, NullChildrenAreNamedAndNotFollowed) {
  nn::Sequential net(nn::Linear(2, 2));
  net->register_module("skip", std::shared_ptr<nn::Module>());
  const auto findings = check(net);
  EXPECT_THAT(rules_of(findings), ElementsAre("skip null-module"));
  std::ostringstream text;
  text << findings[0];
  EXPECT_THAT(text.str(), HasSubstr("skip: a null child of torch::nn::SequentialImpl"));
  EXPECT_THAT(text.str(), HasSubstr("[null-module]\n  next: register a torch::nn::Identity"));
}

TEST(Check, AnActivationInTwoPlacesIsFine) {
  nn::ReLU relu;
  nn::Sequential net(nn::Linear(2, 2), relu, nn::Linear(2, 2), relu);
  EXPECT_THAT(torchtidy::check(*net), IsEmpty());
}

TEST(Check, SharedModulesAndTensors) {
  struct Shared : nn::Module {};
  Shared model;
  nn::Linear linear(2, 2);
  model.register_module("a", linear);
  model.register_module("b", linear);
  model.register_parameter("tied", linear->weight);
  EXPECT_THAT(rules_of(check(model)), ElementsAre("a shared-tensor", "b shared-module"));
  // The harm that the message names.
  const torch::optim::SGD optimizer(model.parameters(), 0.1);
  EXPECT_THAT(
      rules_of(check(model, optimizer)),
      ElementsAre("a shared-tensor", "b shared-module", " repeated-parameter", "a repeated-parameter"));
}

TEST_P(Inspection, CheckFindsOtherDevices) {
  Net net;
  net->to(device());
  // The other device of a machine without CUDA is the one that has no values.
  const torch::Device other(device().is_cuda() ? torch::kCPU : torch::kMeta);
  net->register_buffer("mask", torch::zeros({2}, torch::TensorOptions().device(other)));
  const auto findings = check(net);
  EXPECT_THAT(rules_of(findings), ElementsAre(" mixed-device"));
  EXPECT_THAT(findings[0].message, HasSubstr("'mask' is on " + other.str() + ", most of the model is on "));
}

TEST_P(Inspection, CheckFindsOtherDtypes) {
  Net net;
  net->to(device());
  net->fc1->to(torch::kDouble);
  const auto findings = check(net);
  EXPECT_THAT(rules_of(findings), ElementsAre("fc1 mixed-dtype"));
  EXPECT_THAT(findings[0].message, HasSubstr("'weight', 'bias' are Double, most of the model is Float"));
}

TEST(Check, ModesThatDiffer) {
  Net net;
  net->norm->eval();
  EXPECT_THAT(rules_of(check(net)), ElementsAre("norm train-eval-mismatch"));
  net->eval();
  net->head->train();
  EXPECT_THAT(rules_of(check(net)), ElementsAre("head train-eval-mismatch")) << "not once for each child";
}

TEST(Check, WhatCannotLearn) {
  Net net;
  for (auto& parameter : net->parameters()) {
    parameter.set_requires_grad(false);
  }
  EXPECT_THAT(rules_of(check(net)), ElementsAre(" frozen-model"));

  struct Hidden : nn::Module {
    // NOLINTNEXTLINE(torch-raw-module-container): what check() is to find
    std::vector<nn::Linear> layers{nn::Linear(2, 2)};
  };
  EXPECT_THAT(rules_of(check(Hidden())), ElementsAre(" no-parameters"));

  struct Made : nn::Module {
    Tensor w = register_parameter("w", torch::ones({2}, torch::requires_grad()) * 2);
  };
  EXPECT_THAT(rules_of(check(Made())), ElementsAre(" non-leaf-parameter"));
}

TEST(Check, WhatTheOptimizerSteps) {
  Net net;
  torch::optim::SGD optimizer(net->fc1->parameters(), 0.1);
  optimizer.add_param_group({net->head->parameters()});
  EXPECT_THAT(rules_of(check(net, optimizer)), ElementsAre("norm unoptimized-parameter"));
  net->replace_module("fc1", hnn::Linear(4, 4).ptr());
  const auto findings = check(net, optimizer);
  EXPECT_THAT(
      rules_of(findings),
      ElementsAre("fc1 unoptimized-parameter", "norm unoptimized-parameter", " foreign-parameter"));
  EXPECT_THAT(findings.back().message, HasSubstr("steps 2 tensors that the model does not have"));
}

// --- summary

TEST_P(Inspection, SummaryTable) {
  Net net;
  net->to(device());
  net->norm->eval();
  const auto table = summary(net, torch::rand({3, 4}, on_device()));
  std::vector<std::string> paths;
  for (const auto& row : table.modules) {
    paths.push_back(row.path);
  }
  EXPECT_THAT(paths, ElementsAre("", "fc1", "norm", "head", "head.0", "head.1"));
  const std::vector<std::vector<int64_t>> in{{3, 4}}, out{{3, 8}};
  EXPECT_EQ(table[""].output_shapes, out);
  EXPECT_EQ(table["head"].output_shapes, out);
  EXPECT_EQ(table["head.0"].input_shapes, in);
  EXPECT_EQ(table["head.0"].output_shapes, out);
  EXPECT_EQ(table["fc1"].calls, 2u);
  EXPECT_EQ(table["fc1"].parameters, 4 * 4 + 4);
  EXPECT_EQ(table["fc1"].output_bytes, 2 * 3 * 4 * 4);
  EXPECT_EQ(table["norm"].buffers, 4 + 4 + 1);
  EXPECT_EQ(table["norm"].buffer_bytes, 4 * 4 + 4 * 4 + 8);
  EXPECT_EQ(table.parameters, 20 + 8 + 40);
  EXPECT_EQ(table.trainable, table.parameters);
  EXPECT_EQ(table.parameter_bytes, 68 * 4);
  EXPECT_THAT(rules_of(table.suspects), IsEmpty());
  EXPECT_THAT(table.unseen, IsEmpty());
  EXPECT_THAT(table.to_string(), testing::ContainsRegex("fc1 +Linear +\\[3, 4\\] x2 +20 +- +80 B +96 B\n"));
  EXPECT_THAT(error_of([&] { (void)table["hed"]; }), HasSubstr("'head'"));
  // Nothing is left behind.
  EXPECT_TRUE(net->is_training() && net->fc1->is_training() && !net->norm->is_training());
  EXPECT_FALSE(net->fc1->hooked());
  EXPECT_FALSE(net->fc1->weight.grad().defined());
}

struct SuspiciousImpl : nn::Module {
  Tensor forward(Tensor x) {
    x = inner(x);
    for (auto& layer : hookable) {
      x = layer(x);
    }
    for (auto& layer : plain) {
      x = layer(x);
    }
    return x * scale;
  }
  hnn::Linear inner = register_module("inner", hnn::Linear(4, 4));
  hnn::Linear unused = register_module("unused", hnn::Linear(4, 4));
  // What summary() is to find. NOLINTBEGIN(torch-raw-module-container,torch-unregistered-tensor)
  std::vector<hnn::Linear> hookable{hnn::Linear(4, 4)};
  std::vector<nn::Linear> plain{nn::Linear(nn::LinearOptions(4, 5).bias(false))};
  Tensor scale = torch::ones({5}, torch::requires_grad());
  // NOLINTEND(torch-raw-module-container,torch-unregistered-tensor)
  Tensor forgotten = register_parameter("forgotten", torch::ones({1}));
};
TORCHTIDY_MODULE(Suspicious);

TEST(Summary, WhatForwardUsesAndNobodyRegistered) {
  Suspicious net;
  const auto table = summary(net, torch::rand({2, 4}, torch::requires_grad()));
  EXPECT_THAT(
      rules_of(table.suspects),
      testing::UnorderedElementsAre(
          " unregistered-module",
          " unregistered-tensor", // plain[0].weight
          " unregistered-tensor", // scale
          " unreached-parameter", // forgotten
          "unused uncalled-module"));
  const std::string text = table.to_string();
  EXPECT_THAT(text, HasSubstr("forward calls a torch::nn::LinearImpl that is not registered"));
  EXPECT_THAT(text, HasSubstr("a tensor [5, 4] that requires gradients"));
  EXPECT_THAT(text, HasSubstr("a tensor [5] that requires gradients (used by MulBackward0)"));
  EXPECT_THAT(text, HasSubstr("does not depend on 'forgotten'"));
}

struct PlainImpl : nn::Module {
  Tensor forward(Tensor x) {
    return std::get<0>(lstm->forward(fc(x)));
  }
  nn::Linear fc = register_module("fc", nn::Linear(4, 4));
  hnn::LSTM lstm = register_module("lstm", hnn::LSTM(4, 3));
};
TORCH_MODULE(Plain);

TEST(Summary, WhatCannotBeSeenIsSaid) {
  Plain net;
  const auto table = summary(net, torch::rand({5, 2, 4}));
  EXPECT_THAT(table.unseen, ElementsAre("fc")) << "the model has no tensors, and children that say enough";
  EXPECT_THAT(table.suspects, IsEmpty());
  EXPECT_FALSE(table["fc"].seen);
  const std::vector<std::vector<int64_t>> outputs{{5, 2, 3}, {1, 2, 3}, {1, 2, 3}};
  EXPECT_EQ(table["lstm"].output_shapes, outputs);
  EXPECT_THAT(table.to_string(), HasSubstr("not seen"));
}

TEST(Summary, SharedTensorsCountOnce) {
  struct Tied : nn::Module {
    Tensor forward(Tensor x) {
      return b(a(x));
    }
    hnn::Linear a = register_module("a", hnn::Linear(4, 4));
    hnn::Linear b = register_module("b", a);
  };
  const auto net = std::make_shared<Tied>();
  const auto table = summary(net, torch::rand({2, 4}));
  EXPECT_EQ(table.parameters, 20);
  EXPECT_EQ(table["a"].calls, 2u);
}

TEST(Summary, AForwardThatThrowsLeavesTheModelAsItWas) {
  Net net;
  EXPECT_THAT(error_of([&] { (void)summary(net, torch::rand({2, 7})); }), HasSubstr("mat1 and mat2"));
  EXPECT_TRUE(net->fc1->is_training());
  EXPECT_FALSE(net->fc1->hooked());
  nn::Sequential broken(nn::Linear(2, 2));
  broken->register_module("skip", std::shared_ptr<nn::Module>());
  EXPECT_THAT(error_of([&] { (void)summary(broken, torch::rand({2, 2})); }), HasSubstr("'skip'"));
}

} // namespace
