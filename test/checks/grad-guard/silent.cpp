// RUN: %check torch-grad-guard %s -- -fopenmp=libomp -U_OPENMP | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <future>
#include <thread>
#include <vector>

using torch::Tensor;

struct NetImpl : torch::nn::Module {
  NetImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  Tensor forward(Tensor x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Net);

// Guards with names, and those that something keeps.
Tensor named(Net net, Tensor x) {
  torch::NoGradGuard no_grad;
  c10::InferenceMode mode(true);
  auto guard = std::make_unique<torch::NoGradGuard>();
  torch::AutoGradMode another{false};
  return net(x);
}
torch::NoGradGuard makeGuard();

// Gradients off for good, and restored on every path.
void forGood() { torch::GradMode::set_enabled(false); }
Tensor onEveryPath(Net net, Tensor x) {
  torch::GradMode::set_enabled(false);
  if (x.numel() == 0) {
    torch::GradMode::set_enabled(true);
    return x;
  }
  auto y = net(x);
  torch::GradMode::set_enabled(true);
  return y;
}
// Turned off and on under the same condition.
Tensor conditional(Net net, Tensor x, bool train) {
  if (!train)
    torch::GradMode::set_enabled(false);
  if (x.numel() == 0 && train)
    return x;
  auto y = net(x);
  if (!train)
    torch::GradMode::set_enabled(true);
  return y;
}

// Guards in what the thread runs.
void guarded(Net net, Tensor x) {
  torch::NoGradGuard no_grad;
  net->forward(x);
}
void threads(Net net, Tensor x) {
  torch::NoGradGuard no_grad;
  std::thread a([&] {
    torch::NoGradGuard no_grad;
    net(x);
  });
  std::thread b(guarded, net, x);
  std::thread c([&] { guarded(net, x); });
  // It runs where its result is asked for.
  auto d = std::async(std::launch::deferred, [&] { return net(x); });
#pragma omp parallel for
  for (int i = 0; i < 4; ++i) {
    torch::NoGradGuard no_grad;
    net(x);
  }
}

// Work that makes no graph.
void rawMemory(Tensor x) {
  torch::NoGradGuard no_grad;
  float *data = x.data_ptr<float>();
  torch::nn::ReLU relu;
#pragma omp parallel for
  for (int i = 0; i < 4; ++i)
    data[i] = 2 * data[i];
  std::thread a([=] { data[0] = 1; });
  std::thread b([&] { relu(x); });
}

// The mode is handed on.
void parallelFor(Net net, Tensor x) {
  torch::NoGradGuard no_grad;
  at::parallel_for(0, 4, 1, [&](int64_t, int64_t) { net(x); });
}

// A thread that trains, and threads without a guard around.
void trains(Net net, Tensor x) {
  torch::NoGradGuard no_grad;
  std::thread a([&] { net(x).sum().backward(); });
}
void bare(Net net, Tensor x) {
  std::thread a([&] { net(x); });
  {
    torch::NoGradGuard no_grad;
    net(x);
  }
  std::thread b([&] { net(x); });
}

// Look-alike: a place where code is to follow, one class of several that have the function.
struct Placeholder {
  void applyConstraints() { torch::NoGradGuard no_grad; }
};
void constrain(Placeholder &part, Net net, Tensor x) {
  net->forward(x).sum().backward();
  part.applyConstraints();
}

// The process ends.
int main(int count, char **) {
  torch::GradMode::set_enabled(false);
  if (count < 2)
    return 1;
  torch::GradMode::set_enabled(true);
  return 0;
}
