// RUN: %check torch-shared-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <future>
#include <thread>
#include <torch/torch.h>

struct NetImpl : torch::nn::Module {
  NetImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  torch::Tensor forward(torch::Tensor x) {
    remember(x);
    return fc(x);
  }
  void remember(torch::Tensor x) { last = x.detach(); }
  // CHECK-DAG: :[[@LINE-1]]:36: note: written here
  torch::nn::Linear fc{nullptr};
  torch::Tensor last;
};
TORCH_MODULE(Net);

void loop(std::vector<torch::Tensor> batches) {
  Net net;
  std::vector<std::thread> threads;
  for (auto &batch : batches)
    threads.emplace_back([&] { net->forward(batch); });
  // CHECK-DAG: :[[@LINE-1]]:{{[0-9]+}}: warning: several threads run 'net' at once, and its forward() writes 'last': they race [torch-shared-module]
  for (auto &thread : threads)
    thread.join();
}

void twice(Net net, torch::Tensor x) {
  auto one = std::async(std::launch::async, [net, x]() mutable { return net(x); });
  auto two = std::async(std::launch::async, [net, x]() mutable { return net(x); });
  // CHECK-DAG: :[[@LINE-1]]:{{[0-9]+}}: warning: several threads run 'net' at once, and its forward() writes 'last'
}

void statistics(torch::Tensor x) {
  torch::nn::BatchNorm1d norm(4);
  auto work = [&] { norm(x); };
  // CHECK-DAG: :[[@LINE-1]]:{{[0-9]+}}: warning: several threads run 'norm' at once in training mode, and its 'BatchNorm1d' updates its statistics: they race
  std::thread first(work), second(work);
  first.join();
  second.join();
}

// Both run before either is waited for.
struct TwiceImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    ++calls;
    return x;
  }
  int calls = 0;
};
TORCH_MODULE(Twice);
void bothAtOnce(torch::Tensor x) {
  Twice net;
  std::thread a([&] { net->forward(x); });
  std::thread b([&] { net->forward(x); });
  // CHECK: :[[@LINE-1]]:28: warning: several threads run 'net' at once, and its forward() writes 'calls'
  // CHECK: note:
  a.join();
  b.join();
}
