// RUN: %check torch-shared-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <atomic>
#include <future>
#include <mutex>
#include <thread>
#include <torch/torch.h>

struct ReadsImpl : torch::nn::Module {
  ReadsImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  torch::Tensor forward(torch::Tensor x) {
    auto y = fc(x);
    y = y + 1;
    ++calls;
    return y;
  }
  torch::nn::Linear fc{nullptr};
  std::atomic<int> calls{0};
};
TORCH_MODULE(Reads);

struct WritesImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return last = x; }
  torch::Tensor last;
};
TORCH_MODULE(Writes);

struct LocksImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    std::lock_guard<std::mutex> lock(mutex);
    return last = x;
  }
  std::mutex mutex;
  torch::Tensor last;
};
TORCH_MODULE(Locks);

void threads(torch::Tensor x, torch::nn::BatchNorm1d given, std::vector<Writes> nets) {
  std::vector<std::thread> threads;
  Reads reads;
  Locks locks;
  Writes shared, alone;
  std::mutex mutex;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { reads(x); });
    threads.emplace_back([&] { locks(x); });
    threads.emplace_back([&, i] { nets[i](x); });
    threads.emplace_back([&] {
      std::lock_guard<std::mutex> lock(mutex);
      shared(x);
    });
    Writes own;
    threads.emplace_back([own, x]() mutable { own(x); });
    threads.emplace_back([x] {
      Writes inside;
      inside(x);
    });
    threads.emplace_back([&] { given(x); }); // perhaps in eval()
  }
  std::thread once([&] { alone(x); });
  once.join();
  for (auto &thread : threads)
    thread.join();
  // One after another is no race.
  for (int i = 0; i < 4; ++i)
    alone(x);
}

// One thread after the other.
struct CountsImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    ++calls;
    return x;
  }
  int calls = 0;
};
TORCH_MODULE(Counts);
void joined(torch::Tensor x) {
  Counts net;
  for (int i = 0; i < 4; ++i) {
    std::thread worker([&] { net->forward(x); });
    worker.join();
  }
  for (int i = 0; i < 4; ++i) {
    auto result = std::async(std::launch::async, [&] { return net->forward(x); });
    result.get();
  }
}
void inTurn(torch::Tensor x) {
  Counts net;
  std::thread a([&] { net->forward(x); });
  a.join();
  std::thread b([&] { net->forward(x); });
  b.join();
}
