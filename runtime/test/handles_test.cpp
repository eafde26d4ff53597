// Handles: lifetime, removal inside hooks, threads, leaks.

#include "device_test.h"

#include <torchtidy/any_hooks.h>
#include <torchtidy/capture.h>
#include <torchtidy/hnn.h>
#include <torchtidy/inspect.h>
#include <torchtidy/tensor_hook.h>

#include <atomic>
#include <fstream>
#include <thread>

namespace hnn = torchtidy::hnn;
using testing::ElementsAre;
using torch::Tensor;
using torch::nn::Module;
using torchtidy::Grads;
using torchtidy::HookHandles;
using torchtidy::HookOptions;
using torchtidy::ScopedHook;
using torchtidy::ScopedTensorHook;
using torchtidy::Values;

namespace {

const auto ones = [] { return torch::ones({1}); };

static_assert(!std::is_copy_constructible_v<ScopedHook> && std::is_nothrow_move_constructible_v<ScopedHook>);
static_assert(
    !std::is_copy_constructible_v<HookHandles> && std::is_nothrow_move_constructible_v<HookHandles>);
static_assert(!std::is_copy_constructible_v<ScopedTensorHook>);

TEST(Handles, RemoveInDestructor) {
  hnn::Identity identity;
  size_t calls = 0;
  {
    auto handle = identity->register_forward_hook([&](Module&, const Values&, Values&) { ++calls; });
    EXPECT_TRUE(handle.active());
    EXPECT_TRUE(identity->hooked());
    identity(ones());
  }
  EXPECT_FALSE(identity->hooked());
  identity(ones());
  EXPECT_EQ(calls, 1u);
}

TEST(Handles, MoveAndRelease) {
  hnn::Identity identity;
  size_t calls = 0;
  const auto count = [&](Module&, const Values&, Values&) { ++calls; };
  ScopedHook outer;
  {
    auto handle = identity->register_forward_hook(count);
    outer = std::move(handle);
    EXPECT_FALSE(handle.active());
  }
  identity(ones());
  EXPECT_EQ(calls, 1u);
  outer = identity->register_forward_hook(count); // removes the first
  identity(ones());
  EXPECT_EQ(calls, 2u);
  outer.release();
  outer.remove();
  identity(ones());
  EXPECT_EQ(calls, 3u) << "released hooks stay";
}

TEST(Handles, ReleasedHookDiesWithTheModule) {
  auto token = std::make_shared<int>(0);
  {
    hnn::Identity identity;
    identity->register_forward_hook([token](Module&, const Values&, Values&) {}).release();
    EXPECT_EQ(token.use_count(), 2);
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(Handles, OutliveTheModule) {
  ScopedHook handle;
  {
    hnn::Identity identity;
    handle = identity->register_forward_hook([](Module&, const Values&, Values&) {});
  }
  EXPECT_FALSE(handle.active());
  handle.remove();
}

TEST(Handles, RemovingOneselfInsideTheHook) {
  hnn::Identity identity;
  auto token = std::make_shared<int>(0);
  ScopedHook handle;
  handle = identity->register_forward_hook([&handle, token](Module&, const Values&, Values&) {
    handle.remove();
    EXPECT_EQ(++*token, 1) << "the running closure is still there";
  });
  identity(ones());
  identity(ones());
  EXPECT_EQ(*token, 1);
  EXPECT_EQ(token.use_count(), 1);
}

TEST(Handles, RemovingTheNeighbourTakesEffectAtOnce) {
  hnn::Identity identity;
  std::vector<std::string> calls;
  ScopedHook second;
  auto first = identity->register_forward_hook([&](Module&, const Values&, Values&) {
    calls.push_back("first");
    second.remove();
  });
  second =
      identity->register_forward_hook([&](Module&, const Values&, Values&) { calls.push_back("second"); });
  auto third =
      identity->register_forward_hook([&](Module&, const Values&, Values&) { calls.push_back("third"); });
  identity(ones());
  EXPECT_THAT(calls, ElementsAre("first", "third"));
}

TEST(Handles, AddingInsideAHook) {
  hnn::Identity identity;
  std::vector<std::string> calls;
  HookHandles added;
  auto pre = identity->register_forward_pre_hook([&](Module&, Values&) {
    if (added.empty()) {
      added += identity->register_forward_pre_hook([&](Module&, Values&) { calls.push_back("late pre"); });
      added +=
          identity->register_forward_hook([&](Module&, const Values&, Values&) { calls.push_back("late"); });
    }
  });
  identity(ones());
  EXPECT_THAT(calls, ElementsAre("late")) << "as in Python: in the phases that have not begun";
  calls.clear();
  identity(ones());
  EXPECT_THAT(calls, ElementsAre("late pre", "late"));
}

TEST(Handles, RemovingTheBackwardHookBetweenForwardAndBackward) {
  hnn::Identity identity;
  auto x = torch::ones({1}).requires_grad_();
  size_t calls = 0;
  auto handle = identity->register_full_backward_hook([&](Module&, const Grads&, const Grads&) { ++calls; });
  auto y = identity(x);
  handle.remove();
  y.backward();
  EXPECT_EQ(calls, 0u);
  EXPECT_EQ(x.grad().item<double>(), 1);
}

TEST(Handles, ListRemovesLastFirst) {
  hnn::Identity identity;
  std::vector<int> order;
  struct Note {
    std::vector<int>* order;
    int number;
    ~Note() {
      order->push_back(number);
    }
  };
  HookHandles handles;
  for (int i = 0; i < 3; ++i) {
    auto note = std::shared_ptr<Note>(new Note{&order, i});
    handles += identity->register_forward_hook([note](Module&, const Values&, Values&) {});
  }
  EXPECT_EQ(handles.size(), 3u);
  handles.remove();
  EXPECT_THAT(order, ElementsAre(2, 1, 0));
  EXPECT_TRUE(handles.empty());
}

TEST(Handles, CopyHooks) {
  hnn::Sequential net(hnn::Linear(2, 2), torch::nn::ReLU());
  std::vector<std::string> calls;
  HookHandles handles;
  handles += torchtidy::register_forward_hook(
      net, "0", [&](Module&, const Values&, Values&) { calls.push_back("b"); });
  handles += torchtidy::register_forward_hook(
      net, "0", [&](Module&, const Values&, Values&) { calls.push_back("a"); }, HookOptions().prepend(true));
  handles += torchtidy::register_forward_hook(
      net, "1", [&](Module&, const Values&, Values&) { calls.push_back("relu"); });
  hnn::Sequential copy(std::dynamic_pointer_cast<hnn::SequentialImpl>(net->clone()));
  copy->forward(torch::ones({1, 2}));
  EXPECT_TRUE(calls.empty()) << "clones start without hooks";
  auto copied = torchtidy::copy_hooks(*net, *copy);
  EXPECT_EQ(copied.size(), 3u);
  copy->forward(torch::ones({1, 2}));
  EXPECT_THAT(calls, ElementsAre("a", "b", "relu"));
  copied.remove();
  calls.clear();
  copy->forward(torch::ones({1, 2}));
  EXPECT_TRUE(calls.empty());
}

// --- tensor hooks

TEST(TensorHooks, RunInOrderAndReplace) {
  auto x = torch::ones({1}).requires_grad_();
  ScopedTensorHook twice(x, [](const Tensor& grad) { return grad * 2; });
  ScopedTensorHook plus(x, [](const Tensor& grad) { return grad + 1; });
  double seen = 0;
  ScopedTensorHook look(x, [&](const Tensor& grad) { seen = grad.item<double>(); });
  (x * 5).backward();
  EXPECT_EQ(seen, 11);
  EXPECT_EQ(x.grad().item<double>(), 11);
}

TEST(TensorHooks, RemoveThemselvesWhileRunning) {
  auto x = torch::ones({1}).requires_grad_();
  auto token = std::make_shared<int>(0);
  ScopedTensorHook handle;
  handle = ScopedTensorHook(x, [&handle, token](const Tensor&) {
    handle.remove();
    ++*token;
  });
  (x * 1).backward();
  (x * 1).backward();
  EXPECT_EQ(*token, 1);
  EXPECT_EQ(token.use_count(), 1);
}

TEST(TensorHooks, TakeOnePlaceHoweverOftenTheyComeAndGo) {
  auto x = torch::ones({1}).requires_grad_();
  const auto backward_time = [&] {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) {
      (x * 1).backward();
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  backward_time();
  const double before = backward_time();
  for (int i = 0; i < 100000; ++i) {
    ScopedTensorHook handle(x, [](const Tensor&) {});
  }
  // LibTorch's own register/remove pairs make this hundreds of times slower.
  EXPECT_LT(backward_time(), 20 * before + 0.01);
}

TEST(TensorHooks, FollowInPlaceOperationsOnNonLeaves) {
  auto x = torch::ones({1}).requires_grad_();
  auto y = x * 2;
  double before = 0;
  double after = 0;
  ScopedTensorHook first(y, [&](const Tensor& grad) { before = grad.item<double>(); });
  y.mul_(3);
  ScopedTensorHook second(y, [&](const Tensor& grad) { after = grad.item<double>(); });
  y.backward();
  EXPECT_EQ(before, 3);
  EXPECT_EQ(after, 1);
}

TEST(TensorHooks, DoNotKeepTheTensor) {
  auto token = std::make_shared<int>(0);
  ScopedTensorHook handle;
  {
    auto x = torch::ones({1}).requires_grad_();
    handle = ScopedTensorHook(x, [token](const Tensor&) {});
  }
  EXPECT_EQ(token.use_count(), 1);
  handle.remove();
  EXPECT_NE(error_of([] { ScopedTensorHook bad(torch::ones({1}), [](const Tensor&) {}); }), "");
}

// --- threads

TEST(Threads, ForwardWhileHooksComeAndGo) {
  hnn::Sequential net(hnn::Linear(4, 4), hnn::ReLU(), hnn::Linear(4, 2));
  std::atomic<bool> stop{false};
  std::atomic<size_t> calls{0};
  std::atomic<size_t> forwards{0};
  std::vector<std::thread> runners;
  for (int i = 0; i < 3; ++i) {
    runners.emplace_back([&] {
      const auto x = torch::ones({2, 4}).requires_grad_();
      while (!stop) {
        net->forward(x).sum().backward();
        ++forwards;
      }
    });
  }
  const size_t cycles = 2000;
  for (size_t i = 0; i < cycles || forwards < 10; ++i) {
    auto shared = std::make_shared<std::atomic<size_t>>(0);
    HookHandles handles;
    const std::string name = i % 2 == 0 ? "0" : "2";
    handles +=
        torchtidy::register_forward_pre_hook(net, name, [&calls, shared](Module&, Values&) { ++calls; });
    handles += torchtidy::register_forward_hook(
        net, name, [&calls, shared](Module&, const Values&, Values&) { ++*shared, ++calls; });
    handles += torchtidy::register_full_backward_hook(
        net, name, [&calls, shared](Module&, const Grads&, const Grads&) { ++calls; });
    auto global =
        torchtidy::register_module_forward_hook([&calls](Module&, const Values&, Values&) { ++calls; });
    std::this_thread::yield();
  }
  stop = true;
  for (auto& runner : runners) {
    runner.join();
  }
  EXPECT_FALSE(net->hooked());
  EXPECT_GT(forwards, 0u);
}

TEST(Threads, TwoBackwardsOverOneGraph) {
  hnn::Linear linear(3, 3);
  auto x = torch::rand({8, 3}).requires_grad_();
  std::atomic<size_t> wrong{0};
  auto handle = linear->register_full_backward_hook([&](Module&, const Grads& in, const Grads& out) {
    if (!out[0].defined() || !torch::equal(in[0], out[0].mm(linear->weight.detach()))) {
      ++wrong;
    }
  });
  const auto y = linear(x);
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const auto go = torch::full_like(y, t + 1);
        torch::autograd::grad({y}, {x}, {go}, /*retain_graph=*/true);
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0u);
}

// --- leaks

size_t resident_kib() {
  std::ifstream status("/proc/self/statm");
  size_t total = 0;
  size_t resident = 0;
  status >> total >> resident;
  return resident * 4;
}

TEST(Leaks, AThousandScopesLeaveMemoryFlat) {
  hnn::Sequential net(hnn::Linear(64, 64), hnn::ReLU(), hnn::Linear(64, 64));
  const auto x = torch::rand({256, 64}).requires_grad_();
  const auto scope = [&] {
    torchtidy::FeatureExtractor kept(*net, {"0", "1", "2", ""}, torchtidy::CapturePolicy::keep_graph);
    torchtidy::FeatureExtractor cloned(*net, {"0", "2"}, torchtidy::CapturePolicy::detach_clone);
    torchtidy::GradientInspector gradients(*net);
    torchtidy::ActivationInspector activations(*net);
    auto hook = torchtidy::register_full_backward_hook(net, [](Module&, const Grads&, const Grads&) {});
    ScopedTensorHook leaf(x, [](const Tensor&) {});
    net->forward(x).sum().backward();
    x.mutable_grad() = Tensor();
    activations.collect();
    // gradients: not collected, on purpose
  };
  for (int i = 0; i < 100; ++i) {
    scope();
  }
  const size_t before = resident_kib();
  for (int i = 0; i < 1000; ++i) {
    scope();
  }
  const size_t after = resident_kib();
  // One scope holds 256 * 64 * 4 B = 64 KiB an output: a leak of one in ten would show as 6 MiB.
  EXPECT_LT(after, before + 4096) << "KiB before and after";
  EXPECT_FALSE(net->hooked());
}

} // namespace
