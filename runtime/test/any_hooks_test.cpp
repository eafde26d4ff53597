// Hooks on models that were written without them.

#include "device_test.h"

#include <torchtidy/any_hooks.h>
#include <torchtidy/hnn.h>

#include <sstream>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torch::nn::Module;
using torchtidy::Grads;
using torchtidy::HookHandles;
using torchtidy::HookOptions;
using torchtidy::Values;

namespace {

struct OwnImpl : Module {
  Tensor forward(Tensor x) {
    TORCH_CHECK(!fail, "own block failed");
    return x + 1;
  }
  bool fail = false;
};
TORCH_MODULE(Own);

struct UnknownImpl : Module {
  Tensor forward(Tensor x) {
    return x + 1;
  }
};
TORCH_MODULE(Unknown);

/// As written by somebody who never heard of hooks.
struct BackboneImpl : Module {
  BackboneImpl() {
    torchtidy::enable_any_hooks<OwnImpl>();
    stem = register_module("stem", nn::Sequential(nn::Conv2d(3, 4, 3), nn::BatchNorm2d(4), nn::ReLU()));
    body = register_module("body", nn::Sequential(Own(), nn::Conv2d(4, 4, 3), Own()));
    head = register_module("head", nn::Linear(4, 2));
    list = register_module(
        "list", nn::ModuleList(nn::Sequential(nn::Linear(2, 2)), hnn::Linear(2, 2), nn::Linear(2, 2)));
  }
  Tensor forward(Tensor x) {
    x = body->forward(stem->forward(x));
    x = head(x.mean({2, 3}));
    x = list[0]->as<nn::Sequential>()->forward(x);
    x = std::dynamic_pointer_cast<hnn::LinearImpl>(list->ptr(1))->forward(x);
    return list[2]->as<nn::Linear>()->forward(x);
  }
  nn::Sequential stem, body;
  nn::Linear head{nullptr};
  nn::ModuleList list;
};
TORCH_MODULE(Backbone);

class AnyHooks : public DeviceTest {};
INSTANTIATE_ON_DEVICES(AnyHooks);

TEST_P(AnyHooks, ChildrenOfASequentialByName) {
  Backbone net;
  net->to(device());
  const auto before = net->named_parameters().keys();
  std::ostringstream printed_before;
  printed_before << *net;
  const auto x = torch::rand({2, 3, 8, 8}, on_device());
  net->eval();
  const auto expected = net->forward(x);

  std::vector<std::string> calls;
  HookHandles handles;
  for (const auto& name : {"stem.0", "stem.2", "body.1", "body.2", "list.0.0", "list.1"}) {
    handles += torchtidy::register_forward_hook(
        net, name, [&calls, name](Module&, const Values&, Values&) { calls.push_back(name); });
  }
  EXPECT_TRUE(identical(net->forward(x), expected));
  EXPECT_THAT(calls, ElementsAre("stem.0", "stem.2", "body.1", "body.2", "list.0.0", "list.1"));

  EXPECT_EQ(net->named_parameters().keys(), before);
  std::ostringstream printed_after;
  printed_after << *net;
  EXPECT_EQ(printed_after.str(), printed_before.str());
  EXPECT_EQ(net->stem->at<nn::Conv2dImpl>(0).name(), "torch::nn::Conv2dImpl");
  EXPECT_EQ(net->stem->ptr<nn::Conv2dImpl>(0)->weight.size(0), 4);
  std::stringstream archive;
  torch::save(net, archive);
  Backbone loaded;
  torch::load(loaded, archive);
  loaded->to(device());
  loaded->eval();
  EXPECT_TRUE(identical(loaded->forward(x), expected));

  handles.remove();
  calls.clear();
  net->forward(x);
  EXPECT_TRUE(calls.empty());
}

TEST(AnyHooksOnAnyDevice, WhatCannotBeHookedSaysHow) {
  Backbone net;
  EXPECT_THAT(error_of([&] { torchtidy::hook_site(net, "head"); }), HasSubstr("torchtidy::hnn::Linear"));
  EXPECT_THAT(error_of([&] { torchtidy::hook_site(net, "list.2"); }), HasSubstr("'list.2'"));
  nn::Sequential unknown{Unknown(), nn::ReLU()};
  EXPECT_THAT(error_of([&] { torchtidy::hook_site(unknown, "0"); }), HasSubstr("enable_any_hooks"));
  EXPECT_THAT(error_of([&] { torchtidy::hook_site(unknown); }), HasSubstr("child 0"));
  EXPECT_THAT(torchtidy::make_hookable(unknown), ElementsAre("0"));
  nn::AnyModule any{Unknown()};
  EXPECT_FALSE(torchtidy::make_hookable(any));
  EXPECT_THAT(error_of([&] { torchtidy::hook_site(any); }), HasSubstr("enable_any_hooks"));
}

TEST_P(AnyHooks, ReplaceValuesAndGradients) {
  nn::Sequential net{nn::Identity(), nn::Identity()};
  HookHandles handles;
  handles += torchtidy::register_forward_pre_hook(net, "0", [](Module&, const Tensor& x) { return x + 1; });
  handles += torchtidy::register_forward_hook(
      net, "1", [](Module&, const Tensor&, const Tensor& y) { return y * 3; });
  handles += torchtidy::register_full_backward_hook(
      net, "0", [](Module&, const Grads& in, const Grads&) { return in[0] * 7; });
  auto x = torch::ones({1}, on_device()).requires_grad_();
  const auto y = net->forward(x);
  EXPECT_EQ(y.item<double>(), 6);
  y.backward();
  EXPECT_EQ(x.grad().item<double>(), 21);
}

TEST_P(AnyHooks, CopiesShareHooksAndClonesDoNot) {
  nn::AnyModule any{nn::Linear(2, 2)};
  any.ptr()->to(device());
  size_t calls = 0;
  auto handle = torchtidy::register_forward_hook(any, [&](Module&, const Values&, Values&) { ++calls; });
  const auto x = torch::ones({1, 2}, on_device());
  nn::AnyModule copy = any;
  copy.forward(x);
  EXPECT_EQ(calls, 1u);
  nn::AnyModule clone = any.clone();
  clone.forward(x);
  EXPECT_EQ(calls, 1u);
  EXPECT_EQ(any.get<nn::Linear>()->weight.size(0), 2);
  EXPECT_THAT(error_of([&] { any.forward(1); }), HasSubstr("Expected argument #0"));
  EXPECT_THAT(error_of([&] { any.forward(x, x); }), HasSubstr("expects 1 argument(s), but received 2"));
}

TEST_P(AnyHooks, DefaultArgumentsAndTuples) {
  nn::AnyModule any{nn::LSTM(3, 2)};
  any.ptr()->to(device());
  std::vector<Tensor> seen;
  auto handle = torchtidy::register_forward_hook(any, [&](Module&, const Values&, Values& outputs) {
    seen = outputs.tensors(); // NOLINT(torch-undetached-hook-capture)
  });
  any.forward<std::tuple<Tensor, std::tuple<Tensor, Tensor>>>(torch::rand({4, 1, 3}, on_device()));
  EXPECT_EQ(seen.size(), 3u);
}

TEST_P(AnyHooks, AWholeSequentialByWayOfItsChildren) {
  Backbone net;
  net->to(device());
  const auto x = torch::rand({2, 3, 8, 8}, on_device()).requires_grad_();
  std::vector<std::string> calls;
  Tensor input, output;
  HookHandles handles;
  handles += torchtidy::register_forward_hook(
      net, "stem.0", [&](Module&, const Values&, Values&) { calls.push_back("stem.0"); });
  handles += torchtidy::register_forward_pre_hook(
      net, "stem.0", [&](Module&, Values&) { calls.push_back("stem.0 pre"); });
  handles += torchtidy::register_forward_hook(
      net, "stem.2", [&](Module&, const Values&, Values&) { calls.push_back("stem.2"); });
  handles += torchtidy::register_forward_pre_hook(
      net, "stem", [&](Module&, Values&) { calls.push_back("stem pre"); });
  handles +=
      torchtidy::register_forward_hook(net, "stem", [&](Module& module, const Values& in, Values& out) {
        EXPECT_EQ(&module, net->stem.get());
        calls.push_back("stem");
        input = in.tensor();   // NOLINT(torch-undetached-hook-capture): compared below
        output = out.tensor(); // NOLINT(torch-undetached-hook-capture)
      });
  handles += torchtidy::register_full_backward_pre_hook(
      net, "stem", [&](Module&, const Grads&) { calls.push_back("stem bwd pre"); });
  handles += torchtidy::register_full_backward_pre_hook(
      net, "stem.2", [&](Module&, const Grads&) { calls.push_back("stem.2 bwd pre"); });
  handles += torchtidy::register_full_backward_hook(
      net, "stem.0", [&](Module&, const Grads&, const Grads&) { calls.push_back("stem.0 bwd"); });
  Tensor grad_in;
  handles += torchtidy::register_full_backward_hook(net, "stem", [&](Module&, const Grads& in, const Grads&) {
    calls.push_back("stem bwd");
    grad_in = in[0];
  });
  auto y = net->stem->forward(x);
  EXPECT_TRUE(output.sizes() == y.sizes());
  y.sum().backward();
  EXPECT_THAT(
      calls,
      ElementsAre(
          "stem pre",
          "stem.0 pre",
          "stem.0",
          "stem.2",
          "stem",
          "stem bwd pre",
          "stem.2 bwd pre",
          "stem.0 bwd",
          "stem bwd"));
  EXPECT_TRUE(identical(grad_in, x.grad()));
}

TEST_P(AnyHooks, AWholeSequentialReplacesAndSurvivesErrors) {
  torchtidy::enable_any_hooks<OwnImpl>();
  Own middle;
  nn::Sequential net(nn::Identity(), middle, nn::Identity());
  size_t always = 0;
  HookHandles handles;
  handles += torchtidy::register_forward_hook(
      net, [](Module&, const Tensor& in, const Tensor& out) { return out * 10 + in; });
  handles += torchtidy::register_forward_hook(
      net,
      [&](Module&, const Values&, Values& out) { always += out.empty() ? 100 : 1; },
      HookOptions().always_call(true));
  const auto x = torch::ones({1}, on_device());
  EXPECT_EQ(net->forward(x).item<double>(), 21);
  middle->fail = true;
  EXPECT_THAT(error_of([&] { net->forward(x); }), HasSubstr("own block failed"));
  EXPECT_EQ(always, 101u);
  middle->fail = false;
  EXPECT_EQ(net->forward(x).item<double>(), 21) << "no trace of the failed call";
  handles.remove();
  EXPECT_EQ(net->forward(x).item<double>(), 2);
}

TEST_P(AnyHooks, HnnSequentialIsHookedAsAWhole) {
  hnn::Sequential net(nn::Identity(), hnn::Linear(2, 2));
  net->to(device());
  std::vector<std::string> calls;
  HookHandles handles;
  handles +=
      torchtidy::register_forward_hook(net, [&](Module&, const Values&, Values&) { calls.push_back("net"); });
  handles += torchtidy::register_forward_hook(
      net, "1", [&](Module&, const Values&, Values&) { calls.push_back("1"); });
  const auto x = torch::ones({1, 2}, on_device());
  net(x);
  net->forward(x);
  EXPECT_THAT(calls, ElementsAre("1", "net", "1", "net"));
  EXPECT_EQ(net->name(), "torch::nn::SequentialImpl");
  const auto clone = net->clone();
  EXPECT_EQ(clone->named_parameters().keys(), net->named_parameters().keys());

  hnn::Sequential named({{"a", nn::Identity()}, {"b", nn::ReLU()}});
  EXPECT_EQ(named->named_children().keys(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(named->clone()->named_children().keys(), (std::vector<std::string>{"a", "b"}));
}

} // namespace
