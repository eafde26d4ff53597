// Where the guard stands in projects.
// RUN: %check torch-inference-graph %s | FileCheck %s --allow-empty --implicit-check-not='{{warning|error}}:'
#include <torch/script.h>
#include <torch/torch.h>

#include <iostream>

using torch::Tensor;

// A server whose caller holds the guard; a worker whose function begins with it.
class Server {
public:
  explicit Server(const std::string &path) : net(torch::jit::load(path)) { net.eval(); }
  int classify(Tensor x) { return net.forward({x}).toTensor().argmax().item<int>(); }

private:
  torch::jit::Module net;
};
static int answer(Server &server, Tensor x) { return server.classify(x); }
static void serve(Tensor x) {
  torch::NoGradGuard no_grad;
  Server server("a.pt");
  std::cout << answer(server, x);
}
// To warm up, and then in rounds; the mode is turned off for good.
static void benchmark(torch::jit::Module &net, Tensor x) {
  for (int i = 0; i < 10; ++i)
    net.forward({x});
}
static void once() {
  torch::GradMode::set_enabled(false);
  auto net = torch::jit::load("a.pt");
  net.eval();
  net.forward({torch::ones({1, 4})});
}
// Frozen, and made ready for inference: nothing requires a gradient any more.
static void frozen(Tensor x) {
  auto net = torch::jit::load("a.pt");
  net.eval();
  net = torch::jit::freeze(net);
  std::cout << net.forward({x}).toTensor().argmax();
}
static void optimized(Tensor x) {
  auto loaded = torch::jit::load("a.pt");
  loaded.eval();
  auto net = torch::jit::optimize_for_inference(loaded);
  std::cout << net.forward({x}).toTensor().argmax();
}
// Parameters that require none; a tensor that leaves to callers out of view, who may hold the guard.
static void without(Tensor x) {
  torch::nn::Linear net(4, 2);
  net->eval();
  for (auto &p : net->parameters())
    p.set_requires_grad(false);
  std::cout << net(x).argmax();
}
Tensor library(torch::nn::Linear &net, Tensor x) {
  net->eval();
  return net(x);
}
// In a block of its own, under other guards.
int main() {
  serve(torch::ones({1, 4}));
  frozen(torch::ones({1, 4}));
  optimized(torch::ones({1, 4}));
  without(torch::ones({1, 4}));
  once();
  c10::InferenceMode mode;
  auto net = torch::jit::load("a.pt");
  net.eval();
  benchmark(net, torch::ones({1, 4}));
}
