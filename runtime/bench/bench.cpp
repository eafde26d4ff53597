// What hooks, capture and inspection cost. bench.py runs this next to the same measurements in Python.
//
//   runtime_bench                      Google Benchmark (DEVICE=cuda for a CUDA device)
//   runtime_bench --memory <policy>    peak memory in KiB after 50 forwards whose outputs are kept:
//                                      none, keep_graph, detach or detach_clone

#include <torchtidy/any_hooks.h>
#include <torchtidy/capture.h>
#include <torchtidy/hnn.h>
#include <torchtidy/inspect.h>
#include <torchtidy/memory.h>
#include <torchtidy/training.h>

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>

namespace hnn = torchtidy::hnn;
namespace nn = torch::nn;
using torch::Tensor;
using torch::nn::Module;
using torchtidy::Grads;
using torchtidy::HookHandles;
using torchtidy::Values;

namespace {

torch::Device device() {
  static const char* name = std::getenv("DEVICE");
  return torch::Device(name != nullptr && *name != '\0' ? name : "cpu");
}

void wait_for_device() {
  if (device().is_cuda()) {
    torch::cuda::synchronize();
  }
}

// --- one call

enum class Setup { plain, unhooked, other_hooked, one_hook };

template <typename Plain, typename Hooked, typename Make>
void call(benchmark::State& state, Setup setup, Make make, const Tensor& x) {
  torch::NoGradGuard no_grad;
  const auto run = [&](auto& module) {
    module->to(device());
    for (auto _ : state) {
      benchmark::DoNotOptimize(module->forward(x));
    }
  };
  if (setup == Setup::plain) {
    Plain module = make(static_cast<Plain*>(nullptr));
    run(module);
    return;
  }
  Hooked module = make(static_cast<Hooked*>(nullptr));
  Hooked other = make(static_cast<Hooked*>(nullptr));
  HookHandles handles;
  if (setup == Setup::other_hooked) {
    handles += other->register_forward_hook([](Module&, const Values&, Values&) {});
  } else if (setup == Setup::one_hook) {
    handles += module->register_forward_hook([](Module&, const Values&, Values&) {});
  }
  run(module);
}

void add_calls(const char* name, Setup setup) {
  const auto options = torch::TensorOptions().device(device());
  const std::string suffix = std::string("/") + name;
  benchmark::RegisterBenchmark(("identity" + suffix).c_str(), [=](benchmark::State& state) {
    call<nn::Identity, hnn::Identity>(
        state, setup, [](auto* m) { return std::decay_t<decltype(*m)>(); }, torch::ones({1}, options));
  });
  benchmark::RegisterBenchmark(("linear" + suffix).c_str(), [=](benchmark::State& state) {
    call<nn::Linear, hnn::Linear>(
        state,
        setup,
        [](auto* m) { return std::decay_t<decltype(*m)>(16, 16); },
        torch::ones({1, 16}, options));
  });
  benchmark::RegisterBenchmark(("conv" + suffix).c_str(), [=](benchmark::State& state) {
    call<nn::Conv2d, hnn::Conv2d>(
        state,
        setup,
        [](auto* m) { return std::decay_t<decltype(*m)>(3, 8, 3); },
        torch::ones({1, 3, 16, 16}, options));
  });
}

// --- a 50-layer network, as ResNet-50 is: 16 bottleneck blocks of 3 convolutions, a stem and a head

struct BottleneckImpl : Module {
  explicit BottleneckImpl(int64_t width) {
    const int64_t inner = width / 4;
    conv1 = register_module("conv1", hnn::Conv2d(nn::Conv2dOptions(width, inner, 1).bias(false)));
    bn1 = register_module("bn1", nn::BatchNorm2d(inner));
    conv2 = register_module("conv2", hnn::Conv2d(nn::Conv2dOptions(inner, inner, 3).padding(1).bias(false)));
    bn2 = register_module("bn2", nn::BatchNorm2d(inner));
    conv3 = register_module("conv3", hnn::Conv2d(nn::Conv2dOptions(inner, width, 1).bias(false)));
    bn3 = register_module("bn3", nn::BatchNorm2d(width));
  }
  Tensor forward(Tensor x) {
    auto y = torch::relu(bn1(conv1(x)));
    y = torch::relu(bn2(conv2(y)));
    return torch::relu(bn3(conv3(y)) + x);
  }
  hnn::Conv2d conv1{nullptr}, conv2{nullptr}, conv3{nullptr};
  nn::BatchNorm2d bn1{nullptr}, bn2{nullptr}, bn3{nullptr};
};
TORCHTIDY_MODULE(Bottleneck);

struct NetImpl : Module {
  NetImpl() {
    stem = register_module("stem", hnn::Conv2d(nn::Conv2dOptions(3, 64, 3).padding(1)));
    blocks = register_module("blocks", nn::Sequential());
    for (int i = 0; i < 16; ++i) {
      blocks->push_back(Bottleneck(64));
    }
    head = register_module("head", hnn::Linear(64, 10));
  }
  Tensor forward(Tensor x) {
    return head(blocks->forward(torch::relu(stem(x))).mean({2, 3}));
  }
  hnn::Conv2d stem{nullptr};
  nn::Sequential blocks;
  hnn::Linear head{nullptr};
};
TORCHTIDY_MODULE(Net);

std::vector<std::string> layers() {
  std::vector<std::string> names = {"stem"};
  for (int block = 0; block < 16; ++block) {
    for (const auto& conv : {"conv1", "conv2", "conv3"}) {
      names.push_back("blocks." + std::to_string(block) + "." + conv);
    }
  }
  names.push_back("head");
  return names;
}

void step(Net& net, const Tensor& x) {
  net->zero_grad();
  net->forward(x).pow(2).sum().backward();
}

template <typename Prepare>
void add_step(const char* name, Prepare prepare) {
  benchmark::RegisterBenchmark((std::string("step/") + name).c_str(), [prepare](benchmark::State& state) {
    torch::manual_seed(1);
    Net net;
    net->to(device());
    const auto x = torch::rand({2, 3, 16, 16}, torch::TensorOptions().device(device()));
    auto after_step = prepare(net);
    step(net, x);
    after_step();
    wait_for_device();
    for (auto _ : state) {
      step(net, x);
      after_step();
      wait_for_device();
    }
  })->Unit(benchmark::kMicrosecond);
}

void add_steps() {
  add_step("plain", [](Net&) { return [] {}; });
  for (const auto& policy :
       {std::make_pair("extractor detach", torchtidy::CapturePolicy::detach),
        std::make_pair("extractor detach_clone", torchtidy::CapturePolicy::detach_clone),
        std::make_pair("extractor to_host_async", torchtidy::CapturePolicy::to_host_async)}) {
    add_step(policy.first, [policy](Net& net) {
      auto features = std::make_shared<torchtidy::FeatureExtractor>(net, layers(), policy.second);
      return [features] { features->take(); };
    });
  }
  add_step("gradient inspector", [](Net& net) {
    auto inspector = std::make_shared<torchtidy::GradientInspector>(net, layers());
    return [inspector] { benchmark::DoNotOptimize(inspector->collect()); };
  });
  add_step("gradient inspector, operators", [](Net& net) {
    auto inspector = std::make_shared<torchtidy::GradientInspector>(
        net, layers(), torchtidy::InspectorOptions().fused_cpu(false));
    return [inspector] { benchmark::DoNotOptimize(inspector->collect()); };
  });
  add_step("activation inspector", [](Net& net) {
    auto inspector = std::make_shared<torchtidy::ActivationInspector>(net, layers());
    return [inspector] { benchmark::DoNotOptimize(inspector->collect()); };
  });
  add_step("empty forward hooks", [](Net& net) {
    auto handles = std::make_shared<HookHandles>();
    for (const auto& name : layers()) {
      *handles += torchtidy::register_forward_hook(net, name, [](Module&, const Values&, Values&) {});
    }
    return [handles] {};
  });
  add_step("empty full backward hooks", [](Net& net) {
    auto handles = std::make_shared<HookHandles>();
    for (const auto& name : layers()) {
      *handles +=
          torchtidy::register_full_backward_hook(net, name, [](Module&, const Grads&, const Grads&) {});
    }
    return [handles] {};
  });
  add_step("four item() a layer", [](Net& net) {
    auto handles = std::make_shared<HookHandles>();
    for (const auto& name : layers()) {
      *handles +=
          torchtidy::register_full_backward_hook(net, name, [](Module&, const Grads&, const Grads& out) {
            const auto grad = out[0].detach();
            benchmark::DoNotOptimize(grad.abs().mean().item<double>());
            benchmark::DoNotOptimize(grad.std().item<double>());
            benchmark::DoNotOptimize(grad.abs().max().item<double>());
            benchmark::DoNotOptimize(grad.abs().min().item<double>());
          });
    }
    return [handles] {};
  });
}

// --- what the runtime has in place of hand-written code

template <typename Run>
void add_instead(const char* task, const char* how, Run run) {
  const std::string name = std::string("instead/") + task + "/" + how;
  benchmark::RegisterBenchmark(name.c_str(), [run](benchmark::State& state) {
    torch::manual_seed(1);
    run(state);
  })->Unit(benchmark::kMicrosecond);
}

template <typename Blend>
void blend(benchmark::State& state, Blend step) {
  Net target, source;
  target->to(device());
  source->to(device());
  for (auto _ : state) {
    step(*target, *source);
    wait_for_device();
  }
}

void add_instead() {
  constexpr double tau = 0.005;
  add_instead("soft update", "by hand", [](benchmark::State& state) {
    blend(state, [](Module& target, Module& source) {
      torch::NoGradGuard no_grad;
      auto from = source.named_parameters();
      for (auto& item : target.named_parameters()) {
        item.value().mul_(1 - tau).add_(from[item.key()], tau);
      }
      auto buffers = source.named_buffers();
      for (auto& item : target.named_buffers()) {
        item.value().copy_(buffers[item.key()]);
      }
    });
  });
  add_instead("soft update", "torchtidy", [](benchmark::State& state) {
    blend(state, [](Module& target, Module& source) { torchtidy::soft_update(target, source, tau); });
  });

  const std::vector<float> values(1 << 20, 1.0F);
  const auto count = static_cast<int64_t>(values.size());
  add_instead("tensor of a vector", "by hand", [=](benchmark::State& state) {
    for (auto _ : state) {
      auto own = values;
      benchmark::DoNotOptimize(torch::from_blob(own.data(), {count}).clone());
    }
  });
  add_instead("tensor of a vector", "torchtidy", [=](benchmark::State& state) {
    for (auto _ : state) {
      auto own = values;
      benchmark::DoNotOptimize(torchtidy::from_container(std::move(own)));
    }
  });
  add_instead("vector of a tensor", "by hand", [=](benchmark::State& state) {
    const auto tensor = torch::ones({count}, torch::TensorOptions().device(device()));
    for (auto _ : state) {
      const auto host = tensor.cpu().contiguous();
      benchmark::DoNotOptimize(std::vector<float>(host.data_ptr<float>(), host.data_ptr<float>() + count));
    }
  });
  add_instead("vector of a tensor", "torchtidy", [=](benchmark::State& state) {
    const auto tensor = torch::ones({count}, torch::TensorOptions().device(device()));
    for (auto _ : state) {
      benchmark::DoNotOptimize(torchtidy::to_vector<float>(tensor));
    }
  });
  add_instead("copy into memory", "by hand", [=](benchmark::State& state) {
    const auto tensor = torch::ones({count}, torch::TensorOptions().device(device()));
    auto buffer = values;
    for (auto _ : state) {
      const auto host = tensor.cpu().contiguous();
      std::memcpy(buffer.data(), host.data_ptr<float>(), buffer.size() * sizeof(float));
      benchmark::ClobberMemory();
    }
  });
  add_instead("copy into memory", "torchtidy", [=](benchmark::State& state) {
    const auto tensor = torch::ones({count}, torch::TensorOptions().device(device()));
    auto buffer = values;
    for (auto _ : state) {
      torchtidy::copy_into(buffer, tensor);
      benchmark::ClobberMemory();
    }
  });
  const auto image = std::make_shared<std::vector<float>>(values);
  add_instead("view of memory", "by hand", [=](benchmark::State& state) {
    for (auto _ : state) {
      benchmark::DoNotOptimize(torch::from_blob(image->data(), {count}));
    }
  });
  add_instead("view of memory", "torchtidy", [=](benchmark::State& state) {
    for (auto _ : state) {
      benchmark::DoNotOptimize(torchtidy::view_of(image->data(), {count}, image));
    }
  });
  constexpr int64_t side = 64;
  const auto diagonal = [](const auto& cells) {
    float sum = 0;
    for (int64_t i = 0; i < side; ++i) {
      sum += cells[i][i];
    }
    return sum;
  };
  add_instead("accessor", "by hand", [=](benchmark::State& state) {
    const auto matrix = torch::ones({side, side});
    for (auto _ : state) {
      benchmark::DoNotOptimize(diagonal(matrix.accessor<float, 2>()));
    }
  });
  add_instead("accessor", "torchtidy", [=](benchmark::State& state) {
    const auto matrix = torch::ones({side, side});
    for (auto _ : state) {
      benchmark::DoNotOptimize(diagonal(torchtidy::accessor_of<float, 2>(matrix)));
    }
  });
  add_instead("mean of 100 losses", "by hand", [](benchmark::State& state) {
    const auto loss = torch::rand({}, torch::TensorOptions().device(device()));
    for (auto _ : state) {
      double sum = 0;
      for (int i = 0; i < 100; ++i) {
        sum += loss.item<double>();
      }
      benchmark::DoNotOptimize(sum / 100);
    }
  });
  add_instead("mean of 100 losses", "torchtidy", [](benchmark::State& state) {
    const auto loss = torch::rand({}, torch::TensorOptions().device(device()));
    for (auto _ : state) {
      torchtidy::LossMeter losses;
      for (int i = 0; i < 100; ++i) {
        losses.add(loss);
      }
      benchmark::DoNotOptimize(losses.mean());
    }
  });
}

// --- memory

size_t peak_kib() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.rfind("VmHWM:", 0) == 0) {
      return std::stoul(line.substr(6));
    }
  }
  return 0;
}

int memory(const std::string& policy) {
  Net net;
  const auto x = torch::rand({2, 3, 32, 32});
  step(net, x);
  const size_t before = peak_kib();
  const std::vector<std::string> one = {"blocks.15.conv3"};
  std::vector<Tensor> kept;
  using torchtidy::CapturePolicy;
  for (int i = 0; i < 50; ++i) {
    if (policy == "none") {
      net->forward(x);
      continue;
    }
    torchtidy::FeatureExtractor features(
        net,
        one,
        policy == "keep_graph"   ? CapturePolicy::keep_graph
            : policy == "detach" ? CapturePolicy::detach
                                 : CapturePolicy::detach_clone);
    net->forward(x);
    kept.push_back(features[one[0]]);
  }
  std::cout << peak_kib() - before << '\n';
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  torch::set_num_threads(1);
  if (argc == 3 && std::string(argv[1]) == "--memory") {
    return memory(argv[2]);
  }
  add_calls("plain", Setup::plain);
  add_calls("hookable, unhooked", Setup::unhooked);
  add_calls("another module hooked", Setup::other_hooked);
  add_calls("one empty hook", Setup::one_hook);
  add_steps();
  add_instead();
  benchmark::AddCustomContext("libtorch", TORCHTIDY_BENCH_LIBTORCH);
  benchmark::AddCustomContext("compiler", TORCHTIDY_BENCH_COMPILER);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
