// RUN: %check torch-global-state-in-hook %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
#include <atomic>
#include <iostream>
#include <mutex>
#include <sstream>
using torch::Tensor;

thread_local int per_thread;
std::atomic<int> counter{0};
std::atomic_flag flag = ATOMIC_FLAG_INIT;
const int limit = 3;
std::ostringstream log_stream;
std::mutex mutex;
std::vector<double> norms;
int count;
struct Stats {
  std::atomic<int> calls{0};
} stats;
std::vector<double> *shared;
struct Logger {
  void info(const char *);
  Logger &operator<<(int);
} logger;

void hooks(Tensor w, std::vector<double> &mine) {
  // Each thread has its own.
  w.register_hook([](Tensor) { ++per_thread; });
  w.register_hook([](Tensor) {
    static thread_local int calls = 0;
    ++calls;
  });
  // Atomic.
  w.register_hook([](Tensor) {
    ++counter;
    counter = 5;
    counter.fetch_add(1);
    flag.clear();
    stats.calls++;
  });
  // Read only.
  w.register_hook([](Tensor g) { return g * limit * count; });
  w.register_hook([](Tensor g) { return g * static_cast<int64_t>(norms.size()); });
  w.register_hook([](Tensor g) {
    static const double factor = 0.5;
    return g * factor;
  });
  // Streams and loggers.
  w.register_hook([](Tensor g) {
    std::cout << g.sizes() << std::endl;
    log_stream << 1;
    logger.info("hook");
    logger << 1;
  });
  // Under a lock.
  w.register_hook([](Tensor) {
    std::lock_guard<std::mutex> lock(mutex);
    norms.push_back(1);
    ++count;
  });
  w.register_hook([](Tensor) {
    std::unique_lock<std::mutex> lock(mutex);
    ++count;
  });
  // What is captured.
  w.register_hook([&mine](Tensor) { mine.push_back(1); });
  int local = 0;
  w.register_hook([&local](Tensor) { ++local; });
  // A local of the body.
  w.register_hook([](Tensor g) {
    int n = 0;
    ++n;
    Tensor t = g * 2;
    t += 1;
    return t;
  });
  // Behind a pointer: whose it is, is not in view.
  w.register_hook([](Tensor) { shared->push_back(1); });
  // A lambda that is a hook of nothing.
  auto other = [] { ++count; };
  other();
}

struct Owner {
  int calls = 0;
  void watch(Tensor w) {
    w.register_hook([this](Tensor) { ++calls; });
  }
};
