// Where eval() stands in projects, and runs that want the mode of training.
// RUN: %check torch-missing-eval %s | FileCheck %s --allow-empty --implicit-check-not='{{warning|error}}:'
#include <torch/script.h>
#include <torch/torch.h>

#include <iostream>

using torch::Tensor;

struct NetImpl : torch::nn::Module {
  NetImpl() { drop = register_module("drop", torch::nn::Dropout(0.5)); }
  Tensor forward(Tensor x) { return drop(x); }
  torch::nn::Dropout drop{nullptr};
};
TORCH_MODULE(Net);

// A function that receives a model, whose caller has put it into eval().
static double evaluate(Net &net, const std::vector<Tensor> &batches) {
  torch::NoGradGuard no_grad;
  double sum = 0;
  for (auto &batch : batches)
    sum += net->forward(batch).mean().item<double>();
  return sum;
}
void caller(const std::vector<Tensor> &batches) {
  Net net;
  torch::load(net, "net.pt");
  net->eval();
  for (int i = 0; i < 3; ++i)
    net->forward(batches[0]); // to warm up
  std::cout << evaluate(net, batches);
}
// A loader that does both; a server with both in its constructor; in a method that starts it; in prediction itself.
static Net open(const std::string &path) {
  Net net;
  torch::load(net, path);
  net->to(torch::kCPU);
  net->train(false);
  return net;
}
Tensor opened(Tensor x) { return open("net.pt")->forward(x); }
struct Server {
  Net net;
  explicit Server(const std::string &path) {
    torch::load(net, path);
    net->eval();
  }
  Tensor predict(Tensor x) { return net(x); }
};
struct Late {
  Net net;
  void load(const std::string &path) { torch::load(net, path); }
  void start() { net->eval(); }
  Tensor predict(Tensor x) { return net(x); }
};
struct Each {
  Net net;
  Each() { torch::load(net, "net.pt"); }
  Tensor predict(Tensor x) {
    net->eval();
    return net(x);
  }
};
// Dropout that is wanted: many samples of one question.
Tensor uncertainty(Tensor x) {
  Net net;
  torch::load(net, "net.pt");
  net->train();
  std::vector<Tensor> samples;
  for (int i = 0; i < 50; ++i)
    samples.push_back(net->forward(x));
  return torch::stack(samples).std(0);
}
// Fine tuning; a script module, which is saved in its mode; a model without such layers.
void tune(Tensor x) {
  Net net;
  torch::load(net, "net.pt");
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  net->forward(x).sum().backward();
  optimizer.step();
}
Tensor script(Tensor x) {
  auto net = torch::jit::load("net.pt");
  return net.forward({x}).toTensor();
}
Tensor plain(Tensor x) {
  torch::nn::Sequential net(torch::nn::Linear(4, 4), torch::nn::ReLU());
  torch::load(net, "net.pt");
  return net->forward(x);
}

// Dropout that draws on purpose.
struct DrawingImpl : torch::nn::Module {
  DrawingImpl() { drop = register_module("drop", torch::nn::Dropout(0.5)); }
  torch::Tensor forward(torch::Tensor x) { return drop(x); }
  torch::nn::Dropout drop{nullptr};
};
std::pair<torch::Tensor, torch::Tensor> predictWithUncertainty(torch::Tensor x) {
  torch::NoGradGuard noGrad;
  auto net = std::make_shared<DrawingImpl>();
  torch::load(net, "net.pt");
  std::vector<torch::Tensor> draws;
  for (int i = 0; i < 50; ++i)
    draws.push_back(net->forward(x));
  auto all = torch::stack(draws);
  return {all.mean(0), all.std(0)};
}
