// What takes a model takes it by whatever the caller has of it, on the stack or not.

#include "device_test.h"

#include <torchtidy/anomaly.h>
#include <torchtidy/any_hooks.h>
#include <torchtidy/averaged_model.h>
#include <torchtidy/buffers.h>
#include <torchtidy/capture.h>
#include <torchtidy/check.h>
#include <torchtidy/checked_archive.h>
#include <torchtidy/extract.h>
#include <torchtidy/hnn.h>
#include <torchtidy/init.h>
#include <torchtidy/inspect.h>
#include <torchtidy/parametrize.h>
#include <torchtidy/state_dict.h>
#include <torchtidy/summary.h>
#include <torchtidy/tensor_hook.h>
#include <torchtidy/training.h>

#include <filesystem>
#include <type_traits>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using testing::HasSubstr;
using torch::Tensor;
using torchtidy::Grads;
using torchtidy::Values;

namespace {

struct NetImpl : nn::Module {
  NetImpl() {
    fc = register_module("fc", hnn::Linear(2, 2));
    body = register_module("body", nn::Sequential(nn::ReLU()));
  }
  Tensor forward(Tensor x) {
    return body->forward(fc(x));
  }
  hnn::Linear fc{nullptr};
  nn::Sequential body{nullptr};
};
TORCHTIDY_MODULE(Net);

/// Calls everything that takes a model with `model`, and with what `again` gives: a temporary, unless the
/// model is on the stack.
template <typename Model, typename Again>
void use(Model&& model, nn::Module& net, Again&& again) {
  size_t calls = 0;
  torchtidy::HookHandles handles;
  const auto count = [&](nn::Module&, const Values&, Values&) { ++calls; };
  handles += torchtidy::register_forward_hook(model, "fc", count);
  handles += torchtidy::register_forward_hook(again(), "body.0", count);
  handles += torchtidy::register_forward_pre_hook(again(), "fc", [&](nn::Module&, Values&) { ++calls; });
  handles += torchtidy::register_full_backward_hook(
      again(), "fc", [&](nn::Module&, const Grads&, const Grads&) { ++calls; });
  handles +=
      torchtidy::register_full_backward_pre_hook(again(), "fc", [&](nn::Module&, const Grads&) { ++calls; });
  handles += torchtidy::register_forward_hook(net.children()[0], count);
  torchtidy::FeatureExtractor features(model, {"fc"});
  torchtidy::GradientInspector gradients(again());
  torchtidy::ActivationInspector activations(again(), {"fc"});
  auto& typed = dynamic_cast<NetImpl&>(net);
  typed.forward(torch::ones({1, 2}).requires_grad_()).sum().backward();
  EXPECT_EQ(calls, 6u);
  EXPECT_EQ(features["fc"].size(1), 2);
  EXPECT_EQ(gradients.collect().layers().size(), 2u);
  EXPECT_EQ(activations.collect().layers().size(), 1u);
  EXPECT_EQ(torchtidy::inspect_parameter_gradients(again()).layers().size(), 2u);

  EXPECT_THAT(torchtidy::make_hookable(again()), testing::IsEmpty());
  EXPECT_EQ(torchtidy::find_module(again(), "fc"), typed.fc.ptr());
  EXPECT_TRUE(torchtidy::is_hookable(typed.body->ptr(0)));
  handles.remove();
  EXPECT_EQ(torchtidy::copy_hooks(model, again()).size(), 4u) << "those of the extractor and the inspectors";
  EXPECT_THAT(torchtidy::check(again()), testing::IsEmpty());
  torch::optim::SGD optimizer(net.parameters(), 0.1);
  EXPECT_THAT(torchtidy::check(again(), optimizer), testing::IsEmpty());
  const auto dict = torchtidy::state_dict(again());
  EXPECT_EQ(dict.size(), 2u);
  const auto report = torchtidy::load_state_dict(again(), dict);
  EXPECT_THAT(torchtidy::reset_missing(again(), report), testing::IsEmpty());
  torchtidy::reset_parameters(again());
  EXPECT_THAT(torchtidy::init_strategy("relu").apply(again()), testing::IsEmpty());
  EXPECT_THAT(torchtidy::init_strategy("relu").explain(again()), HasSubstr("fc.weight"));
  const auto path = (std::filesystem::temp_directory_path() / "torchtidy_module_ref.pt").string();
  torchtidy::save_checked(again(), path);
  torchtidy::load_checked(again(), path);
  std::filesystem::remove(path);

  Net other;
  torchtidy::copy_weights(other, again());
  torchtidy::soft_update(again(), other, 0.5);
  torchtidy::AveragedModel<Net> average(
      again(), torchtidy::AveragedModelOptions(), [] { return Net(); }); // it has no clone()
  average->update_parameters(again());
  EXPECT_EQ(average->n_averaged.template item<int64_t>(), 1);
  const auto copy = torchtidy::deep_copy(again(), [] { return std::make_shared<NetImpl>(); });
  EXPECT_TRUE(identical(copy->fc->weight, typed.fc->weight));
  EXPECT_EQ(torchtidy::copies(again(), 2, [] { return Net(); }).size(), 2u);
  {
    const torchtidy::InferenceScope scope(again());
    EXPECT_FALSE(net.is_training());
  }
  EXPECT_TRUE(net.is_training());
  EXPECT_THAT(torchtidy::AnomalyMode(again()).unwatched(), testing::IsEmpty());
  torchtidy::parametrizations::weight_norm(net.children()[0]);
  EXPECT_TRUE(torchtidy::parametrize::is_parametrized(net.children()[0], "weight"));
  EXPECT_EQ(torchtidy::parametrize::value(typed.fc).sizes(), typed.fc->weight.sizes());
  torchtidy::parametrize::remove_parametrizations(*typed.fc, "weight");
  EXPECT_FALSE(torchtidy::parametrize::is_parametrized(net.children()[0]));
  torchtidy::register_buffer(other, "mask", torch::ones({1}), /*persistent=*/false);
  torchtidy::register_buffer(*other, "positions", torch::ones({1}), /*persistent=*/false);
  torchtidy::register_buffer(other.ptr(), "cache", torch::ones({1}), /*persistent=*/false);
  EXPECT_EQ(torchtidy::state_dict(other).size(), 2u);
}

TEST(ModuleRef, IsAHolderAPointerOrAModule) {
  Net holder;
  use(holder, *holder, [&] { return holder; });
  const auto pointer = std::make_shared<NetImpl>();
  use(pointer, *pointer, [&] { return pointer; });
  const std::shared_ptr<nn::Module> base = pointer;
  use(base, *base, [&] { return base; });
  use(*pointer, *pointer, [&]() -> nn::Module& { return *pointer; });
}

TEST(ModuleRef, IsAModelOnTheStack) {
  NetImpl net;
  use(net, net, [&]() -> NetImpl& { return net; });
  EXPECT_EQ(torchtidy::summary(net, torch::ones({1, 2})).modules.size(), 4u);

  nn::SequentialImpl plain{nn::ReLU()};
  const auto error = error_of([&] { torchtidy::hook_site(plain); });
  EXPECT_THAT(error, HasSubstr("std::make_shared"));
  hnn::SequentialImpl hookable{nn::ReLU()};
  torchtidy::hook_site(hookable);
}

struct NormedImpl : nn::Cloneable<NormedImpl> {
  NormedImpl() {
    NormedImpl::reset();
  }
  void reset() override {
    norm = register_module("norm", hnn::BatchNorm1d(2));
  }
  Tensor forward(Tensor x) {
    return norm(x);
  }
  hnn::BatchNorm1d norm{nullptr};
};
TORCH_MODULE(Normed);

/// Calls what runs a model, which has to be of its own class.
template <typename Model>
void run(Model&& model, NormedImpl& net) {
  const auto x = torch::randn({4, 2}) + 1;
  torchtidy::update_bn(std::vector<Tensor>{x}, model);
  EXPECT_TRUE(torch::allclose(net.norm->running_mean, x.mean(0)));
  net.norm->running_mean.zero_();
  const auto extract = torchtidy::create_feature_extractor(model, {"norm"});
  EXPECT_TRUE(torch::allclose(extract(x)["norm"], net.forward(x)));
  EXPECT_EQ(&*extract.model(), &net);
  EXPECT_EQ(torchtidy::summary(model, x).modules.size(), 2u);
  const torchtidy::AveragedModel<Normed> average(model);
  EXPECT_FALSE(average->module->norm->weight.is_same(net.norm->weight));
}

TEST(ModuleRef, ThatIsRunIsOfItsOwnClass) {
  Normed holder;
  run(holder, *holder);
  run(*holder, *holder);
  run(holder.ptr(), *holder);
  NormedImpl on_stack;
  run(on_stack, on_stack);
  // Kept by what was made of it.
  auto extract = torchtidy::create_feature_extractor(*holder, {"norm"});
  holder = nullptr;
  EXPECT_EQ(extract(torch::ones({2, 2}))["norm"].size(0), 2);
  const std::shared_ptr<nn::Module> base = std::make_shared<NormedImpl>();
  const torchtidy::AveragedModel<Normed> average(base);
  EXPECT_EQ(average->module->parameters().size(), 2u);
  const std::shared_ptr<nn::Module> other = std::make_shared<NetImpl>();
  EXPECT_THROW(torchtidy::AveragedModel<Normed>{other}, c10::Error);
  EXPECT_THAT(
      error_of([] { (void)torchtidy::create_feature_extractor(Normed(nullptr), {"norm"}); }),
      HasSubstr("empty"));
}

TEST(ModuleRef, IsNeverNull) {
  const Net empty(nullptr);
  EXPECT_THAT(error_of([&] { (void)torchtidy::state_dict(empty); }), HasSubstr("The module holder is empty"));
  const std::shared_ptr<NetImpl> null;
  EXPECT_THAT(error_of([&] { (void)torchtidy::check(null); }), HasSubstr("The module pointer is null"));
}

TEST(ModuleRef, AModelThatIsOnlyLookedAtMayBeConst) {
  const NetImpl net;
  EXPECT_THAT(torchtidy::check(net), testing::IsEmpty());
  EXPECT_EQ(torchtidy::state_dict(net).size(), 2u);
  static_assert(!std::is_convertible_v<const NetImpl&, torchtidy::ModuleRef>);
  static_assert(!std::is_convertible_v<std::shared_ptr<const NetImpl>, torchtidy::ModuleRef>);
}

TEST(ModuleRef, TheModelItselfHasNoNameInErrors) {
  const auto net = std::make_shared<NetImpl>();
  EXPECT_THAT(
      error_of([&] { const torchtidy::FeatureExtractor features(net, {""}); }),
      testing::AllOf(testing::Not(HasSubstr("''")), HasSubstr("cannot be hooked")));
}

// --- hooks of any kind

TEST(HookTypes, MoveOnly) {
  Net net;
  size_t calls = 0;
  torchtidy::HookHandles handles;
  const auto one = [] { return std::make_unique<size_t>(1); };
  handles += torchtidy::register_forward_pre_hook(
      net, [&, n = one()](nn::Module&, const Tensor& x) { return x + static_cast<double>(calls += *n); });
  handles += torchtidy::register_forward_hook(
      net, [&, n = one()](nn::Module&, const Values&, Values&) mutable { calls += *n; });
  handles += torchtidy::register_full_backward_pre_hook(
      net, "fc", [&, n = one()](nn::Module&, const Grads&) { calls += *n; });
  handles += net->register_full_backward_hook(
      [&, n = one()](nn::Module&, const Grads& inputs, const Grads&) -> Grads {
        calls += *n;
        return inputs;
      });
  handles += torchtidy::register_module_forward_hook(
      [&, n = one()](nn::Module&, const Tensor&, const Tensor&) { calls += *n; });
  const auto x = torch::ones({1, 2}).requires_grad_();
  torchtidy::ScopedTensorHook of_tensor(x, [&, n = one()](const Tensor&) { calls += *n; });
  net->forward(x).sum().backward();
  EXPECT_EQ(calls, 7u) << "the global one runs for fc as well";
  const auto copies = torchtidy::copy_hooks(net, net);
  EXPECT_EQ(copies.size(), 4u);
}

TEST(HookTypes, GenericLambdas) {
  Net net;
  size_t calls = 0;
  torchtidy::HookHandles handles;
  handles += torchtidy::register_forward_pre_hook(
      net, [&](auto& /*module*/, auto& inputs) { calls += inputs.size(); });
  handles +=
      torchtidy::register_forward_hook(net, "fc", [&](auto& module, const auto& inputs, auto& outputs) {
        calls += module.children().size() + inputs.size() + outputs.size();
      });
  handles += torchtidy::register_full_backward_hook(
      net, [&](auto&, const auto& inputs, const auto& outputs) { calls += inputs.size() + outputs.size(); });
  handles += torchtidy::register_full_backward_pre_hook(
      net, [&](auto&&, auto&& outputs) { calls += outputs.size(); });
  net->forward(torch::ones({1, 2}).requires_grad_()).sum().backward();
  EXPECT_EQ(calls, 6u);
}

} // namespace
