// RUN: %check torch-shared-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <thread>
#include <torch/torch.h>

#define START(code) threads.emplace_back([&] { code; })

struct NetImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return last = x; }
  torch::Tensor last;
};

template <typename Net> void run(Net &net, torch::Tensor x) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    START(net.forward(x));
  // CHECK: :[[@LINE-1]]:15: warning: several threads run 'net' at once
  for (auto &thread : threads)
    thread.join();
}
void both(NetImpl &net, torch::Tensor x) { run(net, x); }

// Dependent: nothing is known before it is instantiated.
template <typename Net> void never(Net &net, torch::Tensor x) {
  std::thread first([&] { net.forward(x); }), second([&] { net.forward(x); });
  first.join();
  second.join();
}
