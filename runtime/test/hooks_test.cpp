// The semantics of module hooks: order, return values, signatures, errors, gradients.

#include "device_test.h"

#include <torchtidy/any_hooks.h>
#include <torchtidy/containers.h>
#include <torchtidy/hnn.h>

namespace hnn = torchtidy::hnn;
using testing::ElementsAre;
using testing::HasSubstr;
using torch::Tensor;
using torch::nn::Module;
using torchtidy::ErrorPolicy;
using torchtidy::Grads;
using torchtidy::HookHandles;
using torchtidy::HookOptions;
using torchtidy::ScopedHook;
using torchtidy::Values;

namespace {

struct NetImpl : torch::nn::Module {
  explicit NetImpl(int64_t width = 4) {
    first = register_module("first", hnn::Linear(3, width));
    second = register_module("second", hnn::Linear(width, 2));
  }
  Tensor forward(Tensor x) {
    return second->forward(torch::relu(first(x)));
  }
  hnn::Linear first{nullptr};
  hnn::Linear second{nullptr};
};
TORCHTIDY_MODULE(Net);

struct Box {
  Tensor data;
  int64_t tag = 0;
};

} // namespace

template <>
struct torchtidy::TensorTraits<Box> {
  template <typename Visitor>
  static void visit(Box& box, Visitor&& visitor) {
    visitor(box.data);
  }
};

namespace {

/// Tensors, a number, an optional, a list and an own struct in; a tuple out.
struct ManyImpl : torch::nn::Module {
  std::tuple<Tensor, std::vector<Tensor>, int64_t> forward(
      const Tensor& a,
      double scale,
      torchtidy::Optional<Tensor> b,
      const std::vector<Tensor>& list,
      const std::string& text,
      Box box) const {
    Tensor sum = a * scale + box.data;
    if (b.has_value()) {
      sum = sum + *b;
    }
    std::vector<Tensor> doubled;
    for (const auto& tensor : list) {
      doubled.push_back(tensor * 2);
    }
    return {sum, doubled, static_cast<int64_t>(text.size())};
  }
};
TORCHTIDY_MODULE(Many);

struct InPlaceImpl : torch::nn::Module {
  void forward(Tensor& state, std::unique_ptr<int> token) {
    state = state + *token;
  }
};
TORCHTIDY_MODULE(InPlace);

struct ThrowsImpl : torch::nn::Module {
  Tensor forward(const Tensor& x) {
    TORCH_CHECK(!fail, "forward failed");
    return x;
  }
  bool fail = true;
};
TORCHTIDY_MODULE(Throws);

/// Overloaded forward: uses HookSite itself.
struct OverloadedImpl : torch::nn::Module, torchtidy::HookSite {
  Tensor forward(const Tensor& x) {
    return torchtidy::run_with_hooks(*this, [](Tensor value) { return value + 1; }, x);
  }
  Tensor forward(const Tensor& x, const Tensor& y) {
    return torchtidy::run_with_hooks(*this, [](Tensor a, Tensor b) { return a + b; }, x, y);
  }
};
TORCH_MODULE(Overloaded);

class Hooks : public DeviceTest {};
INSTANTIATE_ON_DEVICES(Hooks);

TEST_P(Hooks, RunForBothWaysToCall) {
  Net net;
  net->to(device());
  std::vector<std::string> calls;
  HookHandles handles;
  handles += torchtidy::register_forward_hook(
      net, "first", [&](Module&, const Values&, Values&) { calls.push_back("first"); });
  handles += torchtidy::register_forward_hook(
      net, "second", [&](Module&, const Values&, Values&) { calls.push_back("second"); });
  handles +=
      torchtidy::register_forward_hook(net, [&](Module&, const Values&, Values&) { calls.push_back("net"); });
  const auto x = torch::ones({2, 3}, on_device());
  net(x);
  EXPECT_THAT(calls, ElementsAre("first", "second", "net"));
  net->forward(x);
  EXPECT_EQ(calls.size(), 6u);
}

TEST_P(Hooks, RunByTheTypeInTheCode) {
  Net net;
  net->to(device());
  size_t calls = 0;
  const auto handle =
      torchtidy::register_forward_hook(net, "first", [&](Module&, const Values&, Values&) { ++calls; });
  const auto x = torch::ones({1, 3}, on_device());
  const auto child = net->children()[0];
  child->as<hnn::Linear>()->forward(x);
  dynamic_cast<hnn::LinearImpl&>(*child).forward(x);
  EXPECT_EQ(calls, 2u);
  // What the first screen of docs/runtime/hooks.md warns of.
  child->as<torch::nn::Linear>()->forward(x);
  static_cast<torch::nn::LinearImpl&>(*net->first).forward(x);
  EXPECT_EQ(calls, 2u);
}

TEST_P(Hooks, SeeInputsOutputsAndModule) {
  hnn::Linear linear(3, 4);
  linear->to(device());
  const auto x = torch::rand({2, 3}, on_device());
  Tensor in, out;
  Module* seen = nullptr;
  auto handle = linear->register_forward_hook([&](Module& module, const Values& inputs, Values& outputs) {
    seen = &module;
    in = inputs.tensor();   // NOLINT(torch-undetached-hook-capture): compared below
    out = outputs.tensor(); // NOLINT(torch-undetached-hook-capture)
    EXPECT_EQ(inputs.size(), 1u);
    EXPECT_EQ(outputs.size(), 1u);
  });
  const auto y = linear(x);
  EXPECT_EQ(seen, linear.get());
  EXPECT_TRUE(in.is_same(x));
  EXPECT_TRUE(out.is_same(y));
}

TEST_P(Hooks, ShortFormWithTensors) {
  hnn::Linear linear(3, 4);
  linear->to(device());
  auto pre =
      torchtidy::register_forward_pre_hook(linear, [](Module&, const Tensor& input) { return input * 2; });
  auto post = torchtidy::register_forward_hook(
      linear, [](Module&, const Tensor& input, const Tensor& output) { return output + input.sum(); });
  const auto x = torch::rand({2, 3}, on_device());
  const auto expected = torch::nn::functional::linear(x * 2, linear->weight, linear->bias) + (x * 2).sum();
  EXPECT_TRUE(identical(linear(x), expected));
}

TEST_P(Hooks, ReplaceInputsAndOutputsInOrder) {
  hnn::Identity identity;
  HookHandles handles;
  handles += identity->register_forward_pre_hook([](Module&, const Tensor& x) { return x + 1; });
  handles += identity->register_forward_pre_hook([](Module&, const Tensor& x) { return x * 10; });
  handles += identity->register_forward_pre_hook(
      [](Module&, const Tensor& x) { return x - 3; }, HookOptions().prepend(true));
  handles += identity->register_forward_hook([](Module&, const Tensor&, const Tensor& y) { return y * 2; });
  handles += identity->register_forward_hook(
      [](Module&, const Values&, Values& out) { out.set(0, out.tensor() + 5); });
  handles += identity->register_forward_hook([](Module&, const Tensor&, const Tensor&) {
    return Tensor(); // None: keeps the output
  });
  const auto y = identity(torch::full({1}, 7.0, on_device()));
  EXPECT_EQ(y.item<double>(), ((7 - 3 + 1) * 10) * 2 + 5);
}

TEST_P(Hooks, AnySignature) {
  Many many;
  many->to(device());
  const auto one = torch::ones({2}, on_device());
  size_t checked = 0;
  HookHandles handles;
  handles += many->register_forward_pre_hook([&](Module&, Values& inputs) {
    EXPECT_EQ(inputs.size(), 6u);
    EXPECT_TRUE(inputs.is_tensor(0));
    EXPECT_FALSE(inputs.is_tensor(1));
    EXPECT_EQ(inputs.get<double>(1), 3.0);
    EXPECT_TRUE(inputs.is_tensor(2));
    EXPECT_EQ(inputs.get<std::string>(4), "abc");
    EXPECT_EQ(inputs.get<Box>(5).tag, 9);
    EXPECT_EQ(inputs.tensors().size(), 5u); // a, b, two of the list, the box's
    inputs.set(1, 4.0);
    inputs.set(4, std::string("abcd"));
    inputs.set(2, one * 100);
    ++checked;
  });
  handles += many->register_forward_hook([&](Module&, const Values& inputs, Values& outputs) {
    EXPECT_EQ(inputs.get<double>(1), 4.0);
    EXPECT_EQ(outputs.size(), 3u);
    EXPECT_EQ(outputs.get<std::vector<Tensor>>(1).size(), 2u);
    outputs.set<int64_t>(2, outputs.get<int64_t>(2) * 10);
    ++checked;
  });
  const auto result = many(one, 3.0, one, std::vector<Tensor>{one, one}, std::string("abc"), Box{one, 9});
  EXPECT_EQ(checked, 2u);
  EXPECT_EQ(std::get<0>(result)[0].item<double>(), 4 + 1 + 100);
  EXPECT_EQ(std::get<2>(result), 40);
}

TEST_P(Hooks, ReferencesAndMoveOnlyArguments) {
  InPlace module;
  size_t calls = 0;
  HookHandles handles;
  handles += module->register_forward_pre_hook([&](Module&, Values& inputs) {
    inputs.set(0, inputs.tensor() * 2); // the caller's variable
    ++calls;
  });
  handles += module->register_forward_hook([&](Module&, const Values&, Values& outputs) {
    EXPECT_TRUE(outputs.empty());
    ++calls;
  });
  auto state = torch::ones({1}, on_device());
  module->forward(state, std::make_unique<int>(5));
  EXPECT_EQ(state.item<double>(), 7);
  EXPECT_EQ(calls, 2u);
}

TEST_P(Hooks, OverloadedForwardThroughHookSite) {
  Overloaded module;
  std::vector<size_t> sizes;
  auto handle = torchtidy::register_forward_hook(
      module, [&](Module&, const Values& inputs, Values&) { sizes.push_back(inputs.size()); });
  const auto x = torch::ones({1}, on_device());
  module->forward(x);
  module->forward(x, x);
  EXPECT_THAT(sizes, ElementsAre(1u, 2u));
}

TEST_P(Hooks, DefaultArgumentsOfBuiltins) {
  hnn::LSTM lstm(3, 4);
  lstm->to(device());
  std::vector<Tensor> seen;
  auto handle = torchtidy::register_forward_hook(lstm, [&](Module&, const Values& inputs, Values& outputs) {
    EXPECT_EQ(inputs.size(), 2u);
    EXPECT_EQ(outputs.size(), 2u);
    seen = outputs.tensors(); // NOLINT(torch-undetached-hook-capture): compared below
  });
  const auto result = lstm->forward(torch::rand({5, 2, 3}, on_device()));
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_TRUE(seen[2].is_same(std::get<1>(std::get<1>(result))));
}

TEST_P(Hooks, GlobalHooksRunFirst) {
  Net net;
  net->to(device());
  std::vector<std::string> calls;
  HookHandles handles;
  handles += torchtidy::register_forward_pre_hook(
      net, "first", [&](Module&, Values&) { calls.push_back("own pre"); });
  handles += torchtidy::register_module_forward_pre_hook([&](Module& module, Values&) {
    calls.push_back("global pre " + module.name().substr(module.name().rfind(':') + 1));
  });
  handles += torchtidy::register_module_forward_hook(
      [&](Module&, const Values&, Values&) { calls.push_back("global"); });
  net(torch::ones({1, 3}, on_device()));
  EXPECT_THAT(
      calls,
      ElementsAre(
          "global pre NetImpl",
          "global pre LinearImpl",
          "own pre",
          "global",
          "global pre LinearImpl",
          "global",
          "global"));
  handles.remove();
  calls.clear();
  net(torch::ones({1, 3}, on_device()));
  EXPECT_TRUE(calls.empty());
}

TEST_P(Hooks, GlobalBackwardHooksRunFirstAndPrependHolds) {
  hnn::Identity identity;
  std::vector<std::string> calls;
  const auto pre = [&](const char* name) {
    return [&calls, name](Module&, const Grads&) { calls.push_back(name); };
  };
  const auto full = [&](const char* name) {
    return [&calls, name](Module&, const Grads&, const Grads&) { calls.push_back(name); };
  };
  HookHandles handles;
  handles += identity->register_full_backward_pre_hook(pre("pre 1"));
  handles += identity->register_full_backward_pre_hook(pre("pre 0"), HookOptions().prepend(true));
  handles += identity->register_full_backward_hook(full("1"));
  handles += identity->register_full_backward_hook(full("0"), HookOptions().prepend(true));
  handles += torchtidy::register_module_full_backward_pre_hook(pre("global pre"));
  handles += torchtidy::register_module_full_backward_hook(full("global"));
  identity(torch::ones({1}, on_device()).requires_grad_()).backward();
  EXPECT_THAT(calls, ElementsAre("global pre", "pre 0", "pre 1", "global", "0", "1"));
  handles.remove();
  calls.clear();
  identity(torch::ones({1}, on_device()).requires_grad_()).backward();
  EXPECT_TRUE(calls.empty());
}

TEST_P(Hooks, AlwaysCallRunsWhenForwardThrows) {
  Throws module;
  std::vector<std::string> calls;
  HookHandles handles;
  handles +=
      module->register_forward_hook([&](Module&, const Values&, Values&) { calls.push_back("plain"); });
  handles += module->register_forward_hook(
      [&](Module&, const Values& inputs, Values& outputs) {
        EXPECT_TRUE(inputs.tensor().defined());
        calls.push_back(outputs.empty() ? "always, no output" : "always");
      },
      HookOptions().always_call(true));
  handles += module->register_forward_hook(
      [&](Module&, const Values&, Values&) { throw std::runtime_error("silenced"); },
      HookOptions().always_call(true));
  const auto x = torch::ones({1}, on_device());
  EXPECT_THAT(error_of([&] { module(x); }), HasSubstr("forward failed"));
  EXPECT_THAT(calls, ElementsAre("always, no output"));

  // A hook that throws counts as well; one that ran already does not run again.
  calls.clear();
  module->fail = false;
  EXPECT_EQ(error_of([&] { module(x); }), "silenced");
  EXPECT_THAT(calls, ElementsAre("plain", "always"));

  EXPECT_THAT(
      error_of([&] {
        handles +=
            module->register_forward_pre_hook([](Module&, Values&) {}, HookOptions().always_call(true));
      }),
      HasSubstr("always_call is for forward hooks only"));
}

TEST_P(Hooks, ErrorPolicies) {
  hnn::Identity identity;
  const auto x = torch::ones({1}, on_device());
  size_t after = 0;
  auto bad = identity->register_forward_hook(
      [](Module&, const Values&, Values&) { TORCH_CHECK(false, "hook failed"); },
      HookOptions().on_error(ErrorPolicy::collect));
  auto good = identity->register_forward_hook([&](Module&, const Values&, Values&) { ++after; });
  for (int i = 0; i < 100; ++i) {
    identity(x);
  }
  EXPECT_EQ(after, 100u);
  EXPECT_EQ(bad.error_count(), 100u);
  EXPECT_EQ(bad.errors().size(), 64u);
  EXPECT_THAT(bad.error_messages().front(), HasSubstr("hook failed"));
  bad.remove();
  EXPECT_EQ(bad.error_count(), 100u) << "errors stay readable";

  auto propagates =
      identity->register_forward_pre_hook([](Module&, Values&) { throw std::logic_error("out"); });
  EXPECT_THROW(identity(x), std::logic_error);
}

TEST_P(Hooks, ErrorsSayWhatIsWrong) {
  hnn::Linear linear(3, 4);
  linear->to(device());
  const auto x = torch::ones({1, 3}, on_device());
  {
    auto handle = linear->register_forward_hook(
        [](Module&, const Values&, Values&) { return std::vector<Tensor>{torch::ones(1), torch::ones(1)}; });
    EXPECT_THAT(error_of([&] { linear(x); }), HasSubstr("gave 2 tensor(s) to replace 1"));
  }
  {
    auto handle = linear->register_forward_hook([](Module&, const Values& in, Values&) { in.tensor(3); });
    EXPECT_THAT(error_of([&] { linear(x); }), HasSubstr("no value #3"));
  }
  {
    auto handle =
        linear->register_forward_hook([](Module&, const Values& in, Values&) { in.get<double>(0); });
    EXPECT_THAT(error_of([&] { linear(x); }), HasSubstr("not a double"));
  }
  Net net;
  EXPECT_THAT(
      error_of([&] { torchtidy::hook_site(*net, "frist"); }), HasSubstr("No module is called 'frist'"));
  EXPECT_THAT(error_of([&] { torchtidy::hook_site(*net, "frist"); }), HasSubstr("'first'"));

  auto plain = std::make_shared<torch::nn::LinearImpl>(3, 4);
  const auto error = error_of([&] { torchtidy::hook_site(plain); });
  EXPECT_THAT(error, HasSubstr("Declare it as torchtidy::hnn::Linear instead of torch::nn::Linear"));
  auto own = std::make_shared<NetImpl>();
  EXPECT_THAT(error_of([&] { torchtidy::hook_site(own); }), HasSubstr("TORCHTIDY_MODULE"));
  EXPECT_FALSE(torchtidy::is_hookable(*plain));
  EXPECT_TRUE(torchtidy::is_hookable(*net));
}

// --- backward

TEST_P(Hooks, BackwardHookSeesBothGradients) {
  hnn::Linear linear(3, 4);
  linear->to(device());
  auto x = torch::rand({2, 3}, on_device()).requires_grad_();
  Grads seen_in, seen_out;
  auto handle = linear->register_full_backward_hook([&](Module&, const Grads& in, const Grads& out) {
    seen_in = in;
    seen_out = out;
  });
  const auto y = linear(x);
  const auto go = torch::rand_like(y);
  y.backward(go);
  ASSERT_EQ(seen_in.size(), 1u);
  ASSERT_EQ(seen_out.size(), 1u);
  EXPECT_TRUE(identical(seen_out[0], go));
  EXPECT_TRUE(identical(seen_in[0], x.grad()));
  EXPECT_TRUE(identical(x.grad(), go.mm(linear->weight.detach())));
}

TEST_P(Hooks, BackwardHooksReplaceGradients) {
  hnn::Identity identity;
  auto x = torch::ones({2}, on_device()).requires_grad_();
  std::vector<std::string> order;
  HookHandles handles;
  handles += identity->register_full_backward_pre_hook([&](Module&, const Grads& out) {
    order.push_back("pre");
    return Grads{out[0] * 3};
  });
  handles += identity->register_full_backward_hook([&](Module&, const Grads& in, const Grads& out) {
    order.push_back("full");
    EXPECT_EQ(out[0][0].item<double>(), 3);
    return in[0] * 5;
  });
  identity(x).sum().backward();
  EXPECT_THAT(order, ElementsAre("pre", "full"));
  EXPECT_EQ(x.grad()[0].item<double>(), 15);
}

TEST_P(Hooks, BackwardGradientsPerArgument) {
  Many many;
  many->to(device());
  auto a = torch::ones({2}, on_device()).requires_grad_();
  const auto b = torch::ones({2}, on_device());
  auto c = torch::ones({2}, on_device()).requires_grad_();
  Grads seen_in, seen_out;
  auto handle = many->register_full_backward_hook([&](Module&, const Grads& in, const Grads& out) {
    seen_in = in;
    seen_out = out;
  });
  const auto result =
      many(a, 3.0, torchtidy::Optional<Tensor>(b), std::vector<Tensor>{c, b}, std::string("t"), Box{b, 1});
  std::get<0>(result).sum().backward();
  // a, scale, b, list[0], list[1], text, box
  ASSERT_EQ(seen_in.size(), 7u);
  EXPECT_EQ(seen_in[0][0].item<double>(), 3);
  EXPECT_FALSE(seen_in[1].defined());
  EXPECT_FALSE(seen_in[5].defined());
  // sum, list[0], list[1], size: only the first took part
  ASSERT_EQ(seen_out.size(), 4u);
  EXPECT_TRUE(seen_out[0].defined());
  EXPECT_FALSE(seen_out[1].defined());
  EXPECT_EQ(a.grad()[0].item<double>(), 3);
}

TEST_P(Hooks, GradientsIdenticalForEverySubsetOfInputs) {
  for (int subset = 0; subset < 8; ++subset) {
    torch::manual_seed(1);
    hnn::Bilinear hooked(3, 4, 2);
    torch::manual_seed(1);
    torch::nn::Bilinear plain(3, 4, 2);
    hooked->to(device());
    plain->to(device());
    const auto a = torch::rand({5, 3}, on_device());
    const auto b = torch::rand({5, 4}, on_device());
    auto a1 = a.clone().requires_grad_((subset & 1) != 0), a2 = a.clone().requires_grad_((subset & 1) != 0);
    auto b1 = b.clone().requires_grad_((subset & 2) != 0), b2 = b.clone().requires_grad_((subset & 2) != 0);
    hooked->weight.set_requires_grad((subset & 4) != 0);
    plain->weight.set_requires_grad((subset & 4) != 0);
    size_t calls = 0;
    auto handle = hooked->register_full_backward_hook([&](Module&, const Grads& in, const Grads&) {
      ++calls;
      // As in Python: zeros for an input that needs no gradient while the other does.
      EXPECT_EQ(in[0].defined(), (subset & 3) != 0);
      EXPECT_EQ(in[1].defined(), (subset & 3) != 0);
    });
    hooked(a1, b1).pow(2).sum().backward();
    plain(a2, b2).pow(2).sum().backward();
    EXPECT_TRUE(identical(a1.grad(), a2.grad())) << subset;
    EXPECT_TRUE(identical(b1.grad(), b2.grad())) << subset;
    EXPECT_TRUE(identical(hooked->weight.grad(), plain->weight.grad())) << subset;
    EXPECT_TRUE(identical(hooked->bias.grad(), plain->bias.grad())) << subset;
    EXPECT_EQ(calls, 1u) << subset;
  }
}

TEST_P(Hooks, DoubleBackward) {
  struct Cube : torch::nn::Module {
    Tensor forward(const Tensor& x) {
      return x * x * x;
    }
  };
  auto cube = torchtidy::make_hooked<Cube>();
  size_t calls = 0;
  auto handle =
      torchtidy::register_full_backward_hook(cube, [&](Module&, const Grads&, const Grads&) { ++calls; });
  auto x = torch::full({1}, 2.0, on_device()).requires_grad_();
  const auto first = torch::autograd::grad({cube->forward(x)}, {x}, {}, true, true)[0];
  EXPECT_EQ(first.item<double>(), 12);
  const auto second = torch::autograd::grad({first}, {x})[0];
  EXPECT_EQ(second.item<double>(), 12);
  EXPECT_GE(calls, 1u);
}

TEST_P(Hooks, BackwardHookErrorsAndPolicies) {
  hnn::Identity identity;
  auto x = torch::ones({2}, on_device()).requires_grad_();
  {
    auto handle = identity->register_full_backward_hook(
        [](Module&, const Grads&, const Grads&) { throw std::runtime_error("in backward"); });
    EXPECT_THAT(error_of([&] { identity(x).sum().backward(); }), HasSubstr("in backward"));
  }
  {
    auto handle = identity->register_full_backward_hook(
        [](Module&, const Grads&, const Grads&) { throw std::runtime_error("in backward"); },
        HookOptions().on_error(ErrorPolicy::collect));
    identity(x).sum().backward();
    EXPECT_EQ(handle.error_count(), 1u);
  }
  {
    auto handle = identity->register_full_backward_hook(
        [](Module&, const Grads& in, const Grads&) { return Grads{in[0], in[0]}; });
    EXPECT_THAT(
        error_of([&] { identity(x).sum().backward(); }),
        HasSubstr("returned 2 gradient(s) for 1 of its inputs"));
  }
}

TEST_P(Hooks, InPlaceOnHookedOutputThrowsAsInPython) {
  hnn::Identity identity;
  auto x = torch::ones({2}, on_device()).requires_grad_();
  auto handle = identity->register_full_backward_hook([](Module&, const Grads&, const Grads&) {});
  auto y = identity(x * 1);
  EXPECT_THAT(error_of([&] { y.mul_(2); }), HasSubstr("modified inplace"));
}

TEST_P(Hooks, ModuleOutlivesItsHoldersUntilBackward) {
  auto x = torch::ones({1, 3}, on_device()).requires_grad_();
  size_t calls = 0;
  std::weak_ptr<Module> watch;
  {
    Tensor y;
    {
      hnn::Linear linear(3, 2);
      linear->to(device());
      watch = linear.ptr();
      linear
          ->register_full_backward_hook([&](Module& module, const Grads&, const Grads&) {
            ++calls;
            EXPECT_EQ(module.parameters().size(), 2u);
          })
          .release();
      y = linear(x);
    }
    EXPECT_FALSE(watch.expired()) << "the graph keeps the module, as in Python";
    y.sum().backward();
  }
  EXPECT_EQ(calls, 1u);
  EXPECT_TRUE(watch.expired());
}

TEST_P(Hooks, NoGraphNoBackwardHook) {
  torch::NoGradGuard no_grad;
  hnn::Linear linear(3, 2);
  linear->to(device());
  auto handle = linear->register_full_backward_hook([](Module&, const Grads&, const Grads&) { FAIL(); });
  const auto x = torch::ones({1, 3}, on_device());
  EXPECT_FALSE(linear(x).requires_grad());
}

TEST_P(Hooks, GradientsThatDoNotReachTheInputsAreNotKept) {
  // As in MAML: gradients of the weights only, with a graph.
  hnn::Linear layer(3, 2);
  layer->to(device());
  size_t calls = 0;
  const auto handle =
      torchtidy::register_full_backward_hook(layer, [&](Module&, const Grads&, const Grads&) { ++calls; });
  c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> kept(
      Tensor(torch::zeros({1})).getIntrusivePtr());
  {
    const auto x = torch::rand({4, 3}, on_device()).requires_grad_();
    const Tensor y = layer->forward(x);
    kept = c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>(y.getIntrusivePtr());
    const auto grads = torch::autograd::grad({y.square().sum()}, {layer->weight}, {}, true, true);
    EXPECT_TRUE(grads[0].requires_grad());
    EXPECT_EQ(calls, 0u);
  }
  EXPECT_EQ(kept.use_count(), 0u) << "the output of a step that is over";
}

TEST_P(Hooks, GradientsOfAPassThatFailsAreNotKept) {
  Net net;
  net->to(device());
  const auto handle = torchtidy::register_full_backward_hook(net, [](Module&, const Grads&, const Grads&) {});
  const auto fail =
      torchtidy::register_forward_hook(net, "first", [](Module&, const Tensor&, const Tensor& y) {
        y.register_hook([](const Tensor&) -> Tensor { TORCH_CHECK(false, "failed on the way"); });
      });
  c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> kept(
      Tensor(torch::zeros({1})).getIntrusivePtr());
  {
    const Tensor y = net->forward(torch::rand({4, 3}, on_device()).requires_grad_());
    kept = c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>(y.getIntrusivePtr());
    EXPECT_THAT(
        error_of([&] { torch::autograd::grad({y.square().sum()}, {net->first->weight}, {}, true, true); }),
        HasSubstr("failed on the way"));
  }
  EXPECT_EQ(kept.use_count(), 0u);
}

TEST_P(Hooks, MorePassesOverOneGraphThanAnyoneNeeds) {
  hnn::Linear layer(3, 2);
  layer->to(device());
  size_t calls = 0;
  const auto handle =
      torchtidy::register_full_backward_hook(layer, [&](Module&, const Grads&, const Grads&) { ++calls; });
  const auto x = torch::rand({4, 3}, on_device()).requires_grad_();
  const Tensor loss = layer->forward(x).sum();
  for (int i = 0; i < 70; ++i) {
    torch::autograd::grad({loss}, {layer->weight}, {}, true);
  }
  torch::autograd::grad({loss}, {x}, {}, true);
  EXPECT_EQ(calls, 1u);
}

/// Called while static objects are made.
struct EarlyNet {
  EarlyNet() {
    hnn::Linear layer(2, 2);
    output = layer->forward(torch::ones({1, 2}));
  }
  Tensor output;
};
#if defined(__GNUC__)
__attribute__((init_priority(101)))
#endif
EarlyNet early_net;

TEST(HooksOnAnyDevice, ForwardDuringStaticInitialisation) {
  EXPECT_EQ(early_net.output.size(1), 2);
}

TEST(HooksOnAnyDevice, NullChildrenAreStepped) {
  Net net;
  // LibTorch takes it, and its own walks crash on it.
  net->register_module("aaa", std::shared_ptr<Module>());
  auto sequential = net->register_module("body", torch::nn::Sequential(torch::nn::ReLU()));
  size_t calls = 0;
  HookHandles handles;
  const auto count = [&](Module&, const Values&, Values&) { ++calls; };
  handles += torchtidy::register_forward_hook(net, "first", count);
  handles += torchtidy::register_forward_hook(net, "body.0", count);
  sequential->forward(net->forward(torch::rand({2, 3})));
  EXPECT_EQ(calls, 2u);
  EXPECT_THAT(torchtidy::make_hookable(*net), testing::IsEmpty());
  EXPECT_THAT(error_of([&] { torchtidy::find_module(*net, "aaa"); }), HasSubstr("No module is called 'aaa'"));
  Net copy;
  EXPECT_THAT(
      error_of([&] { (void)torchtidy::copy_hooks(*net, *copy); }), HasSubstr("No module is called 'body.0'"));
}

TEST(HooksOnAnyDevice, ContainersHaveNoCallToHook) {
  Net net;
  net->register_module("list", torch::nn::ModuleList(torch::nn::Linear(2, 2)));
  net->register_module("vector", torchtidy::ModuleVector<torch::nn::Linear>{torch::nn::Linear(2, 2)});
  for (const auto* name : {"list", "vector"}) {
    const auto message = error_of([&] { torchtidy::hook_site(net, name); });
    EXPECT_THAT(message, HasSubstr("Hook its elements"));
    EXPECT_THAT(message, testing::Not(HasSubstr("TORCHTIDY_MODULE")));
    EXPECT_THAT(message, testing::Not(HasSubstr("hnn::")));
  }
}

struct ViewsImpl : Module {
  Tensor forward(at::TensorList parts, const std::map<std::string, Tensor>& named) {
    return torch::stack(parts).sum() + named.at("x").sum();
  }
};
TORCHTIDY_MODULE(Views);

TEST_P(Hooks, ViewsOfTensorsAndMapsAreSeen) {
  Views module;
  std::vector<Tensor> parts{
      torch::ones({2}, on_device()).requires_grad_(), torch::ones({2}, on_device()).requires_grad_()};
  std::map<std::string, Tensor> named{{"x", torch::ones({2}, on_device())}};
  size_t seen = 0;
  HookHandles handles;
  handles += torchtidy::register_forward_pre_hook(module, [&](Module&, Values& in) {
    seen = in.tensors().size();
    std::vector<Tensor> doubled;
    for (const auto& tensor : in.tensors()) {
      doubled.push_back(tensor * 2);
    }
    return doubled;
  });
  size_t gradients = 0;
  handles += torchtidy::register_full_backward_hook(
      module, [&](Module&, const Grads& in, const Grads&) { gradients = in.size(); });
  const Tensor y = module->forward(parts, named);
  EXPECT_EQ(seen, 3u);
  EXPECT_EQ(y.item<double>(), 12);
  EXPECT_EQ(parts[0].sum().item<double>(), 2) << "the caller's own tensors stay";
  y.backward();
  EXPECT_EQ(gradients, 3u) << "two of the list, one (undefined) for the map";
  EXPECT_EQ(parts[1].grad().sum().item<double>(), 4);
}

struct MaskedImpl : Module {
  Tensor forward(Tensor x, torchtidy::Optional<Tensor> mask) {
    return mask.has_value() ? x * *mask : x;
  }
};
TORCHTIDY_MODULE(Masked);

TEST_P(Hooks, AReturnedTensorMeansTheSameWithAndWithoutAMask) {
  Masked module;
  const auto x = torch::ones({1}, on_device());
  const auto mask = torch::full({1}, 5, on_device());
  {
    const auto handle =
        torchtidy::register_forward_pre_hook(module, [](Module&, const Tensor& in) { return in + 1; });
    EXPECT_EQ(module->forward(x, torch::nullopt).item<double>(), 2);
    EXPECT_EQ(module->forward(x, mask).item<double>(), 10);
  }
  const auto both = torchtidy::register_forward_pre_hook(
      module, [&](Module&, Values&) { return std::vector<Tensor>{x * 3, mask * 2}; });
  EXPECT_EQ(module->forward(x, mask).item<double>(), 30);
  EXPECT_THAT(error_of([&] { module->forward(x, torch::nullopt); }), HasSubstr("gave 2 tensor(s)"));
}

TEST_P(Hooks, PackedSequences) {
  namespace rnn = torch::nn::utils::rnn;
  const auto packed =
      rnn::pack_padded_sequence(torch::rand({4, 2, 3}, on_device()), torch::tensor({4, 2}, torch::kLong));
  const auto check = [&](auto&& module, size_t outputs) {
    module->to(device());
    const auto plain = std::get<0>(module->forward_with_packed_input(packed)).data();
    size_t calls = 0;
    HookHandles handles;
    handles += torchtidy::register_forward_pre_hook(module, [&](Module&, Values& in) {
      EXPECT_TRUE(identical(in.tensors().at(0), packed.data()));
      EXPECT_TRUE(identical(in.template get<rnn::PackedSequence>(0).batch_sizes(), packed.batch_sizes()));
    });
    handles += torchtidy::register_forward_hook(module, [&](Module&, const Values&, Values& out) {
      ++calls;
      EXPECT_EQ(out.tensors().size(), outputs);
    });
    EXPECT_TRUE(identical(std::get<0>(module->forward_with_packed_input(packed)).data(), plain));
    EXPECT_EQ(calls, 1u);
  };
  check(hnn::LSTM(3, 2), 3);
  check(hnn::GRU(3, 2), 2);
  check(hnn::RNN(3, 2), 2);
}

} // namespace
