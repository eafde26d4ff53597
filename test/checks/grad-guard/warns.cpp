// RUN: %check torch-grad-guard %s -- -fopenmp=libomp -U_OPENMP | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/script.h>
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

Tensor temporaries(Net net, Tensor x) {
  torch::NoGradGuard();
  // CHECK: :[[@LINE-1]]:3: warning: this 'NoGradGuard' is a temporary: it ends with the statement, and gradients are recorded after it as before [torch-grad-guard]
  // CHECK: :[[@LINE-2]]:3: note: give it a name, and it guards the rest of the block
  torch::NoGradGuard{};
  // CHECK: :[[@LINE-1]]:3: warning: this 'NoGradGuard' is a temporary
  c10::InferenceMode();
  // CHECK: :[[@LINE-1]]:3: warning: this 'InferenceMode' is a temporary
  c10::InferenceMode(true);
  // CHECK: :[[@LINE-1]]:3: warning: this 'InferenceMode' is a temporary
  torch::AutoGradMode(false);
  // CHECK: :[[@LINE-1]]:3: warning: this 'AutoGradMode' is a temporary
  return net(x);
}

Tensor functions(Net net, Tensor x) {
  torch::NoGradGuard no_grad();
  // CHECK: :[[@LINE-1]]:22: warning: 'no_grad' is declared as a function that returns a 'NoGradGuard': there is no guard, and gradients are recorded
  // CHECK: :[[@LINE-2]]:22: note: without parentheses it is a guard
  return net(x);
}

// Guards that end with their block.
Tensor last(Net net, Tensor x, bool train) {
  if (!train) {
    torch::NoGradGuard no_grad;
    // CHECK: :[[@LINE-1]]:5: warning: this 'NoGradGuard' is the last of its block and ends with it: it guards nothing
  }
  if (!train)
    c10::InferenceMode mode;
  // CHECK: :[[@LINE-1]]:5: warning: this 'InferenceMode' is the last of its block
  return net(x);
}

Tensor staysOff(Net net, Tensor x) {
  torch::GradMode::set_enabled(false);
  // CHECK: :[[@LINE-1]]:3: warning: gradients stay off in this thread where the function is left before they are turned on again
  // CHECK: :[[@LINE+3]]:5: note: left here
  // CHECK: :[[@LINE-3]]:3: note: a 'torch::NoGradGuard' restores the mode on every path
  if (x.numel() == 0)
    return x;
  auto y = net(x);
  torch::GradMode::set_enabled(true);
  return y;
}
Tensor throws(Net net, Tensor x) {
  bool before = torch::GradMode::is_enabled();
  at::GradMode::set_enabled(false);
  // CHECK: :[[@LINE-1]]:3: warning: gradients stay off in this thread
  if (!x.defined())
    throw std::runtime_error("no input");
  auto y = net(x);
  at::GradMode::set_enabled(before);
  return y;
}

// Each way to start a thread.
void work(Net net, Tensor x) { net->forward(x); }
struct Server {
  Net net;
  torch::jit::Module script;
  void serve(Tensor x) { script.forward({x}); }
  void helper(Tensor x) { net->forward(x); }
  void start(Tensor x) {
    torch::NoGradGuard no_grad;
    std::thread a(&Server::serve, this, x);
    // CHECK: :[[@LINE-1]]:17: warning: this records gradients: grad mode belongs to one thread, and the guard does not reach the one that runs it
    // CHECK: :[[@LINE-3]]:5: note: gradients are off here, in the thread that starts it
    // CHECK: :[[@LINE-3]]:17: note: the thread starts here; put a guard into what it runs
    std::thread b([this, x] { helper(x); });
    // CHECK: :[[@LINE-1]]:31: warning: 'helper(x)' records gradients
    a.join();
    b.join();
  }
};
void threads(Net net, torch::jit::Module script, Tensor x) {
  torch::NoGradGuard no_grad;
  std::thread a(work, net, x);
  // CHECK: :[[@LINE-1]]:15: warning: this records gradients
  auto b = std::async(std::launch::async, [&] { return net->forward(x); });
  // CHECK: :[[@LINE-1]]:56: warning: 'net->forward(x)' records gradients
  auto c = std::async(work, net, x);
  // CHECK: :[[@LINE-1]]:12: warning: this records gradients
  std::vector<std::thread> pool;
  for (int i = 0; i < 4; ++i)
    pool.emplace_back([&, i] { script.forward({x}); });
  // CHECK: :[[@LINE-1]]:32: warning: 'script.forward({x})' records gradients
  pool.push_back(std::thread([&] { net(x); }));
  // CHECK: :[[@LINE-1]]:36: warning: 'net(x)' records gradients
  auto job = [&] { net(x); };
  // CHECK: :[[@LINE-1]]:20: warning: 'net(x)' records gradients
  std::thread d(job);
#pragma omp parallel for
  for (int i = 0; i < 4; ++i)
    net->forward(x);
  // CHECK: :[[@LINE-1]]:5: warning: this records gradients
}

// The guard stands around the call.
void startWorker(Net net, Tensor x) {
  std::thread worker([&] { net(x); });
  // CHECK: :[[@LINE-1]]:28: warning: 'net(x)' records gradients
  worker.join();
}
int main() {
  c10::InferenceMode mode;
  startWorker(Net(), torch::ones({1, 4}));
}

// A function of nothing else, which its callers take for the guard.
static void turnOff() { torch::NoGradGuard no_grad; }
// CHECK: :[[@LINE-1]]:25: warning: this 'NoGradGuard' is the last of its block and ends with it
Tensor afterHelper(Net net, Tensor x) {
  turnOff();
  return net->forward(x);
}
