// Each forward keeps its size to itself.
#include <torch/torch.h>

#include <chrono>
#include <iostream>
#include <thread>

struct ScaleImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    int64_t size = x.size(0);
    std::this_thread::sleep_for(std::chrono::milliseconds(100)); // layers that take their time
    return x * size;
  }
};
TORCH_MODULE(Scale);

int main() {
  Scale net;
  std::vector<int64_t> sums(4);
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < 4; ++i)
    threads.emplace_back([&net, &sums, i] {
      sums[i] = net->forward(torch::ones({i + 1})).sum().item<int64_t>();
    });
  for (auto &thread : threads)
    thread.join();
  std::cout << "SYMPTOM all_right=" << (sums == std::vector<int64_t>{1, 4, 9, 16}) << "\n";
}
