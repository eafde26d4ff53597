// Something in view changes modes: perhaps that of this model.
// RUN: %check torch-shared-module %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <thread>
#include <torch/torch.h>

void statistics(torch::Tensor x) {
  torch::nn::BatchNorm1d norm(4);
  norm->eval();
  std::thread first([&] { norm(x); }), second([&] { norm(x); });
  first.join();
  second.join();
}
struct EstimatesImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    if (is_training())
      mean = x.mean(0);
    return x - mean;
  }
  torch::Tensor mean = torch::zeros({4});
};
TORCH_MODULE(Estimates);
void estimates(torch::Tensor x) {
  Estimates net;
  net->eval();
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i)
    workers.emplace_back([&] { net->forward(x); });
  for (auto &worker : workers)
    worker.join();
}
