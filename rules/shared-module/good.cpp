// One thread counts at a time.
#include <torch/torch.h>

#include <iostream>
#include <mutex>
#include <thread>

struct CountImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    std::lock_guard<std::mutex> lock(mutex);
    for (int i = 0; i < 200000; ++i)
      calls = calls + 1;
    return x;
  }
  std::mutex mutex;
  volatile int64_t calls = 0; // as in code that does more
};
TORCH_MODULE(Count);

int main() {
  Count net;
  auto x = torch::ones({1});
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { net->forward(x); });
  for (auto &thread : threads)
    thread.join();
  std::cout << "SYMPTOM lost=" << (net->calls < 8 * 200000) << "\n";
}
