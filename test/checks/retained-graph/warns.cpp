// RUN: %check torch-retained-graph %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/script.h>
#include <torch/torch.h>

#include <iostream>
#include <map>
#include <vector>

using torch::Tensor;

struct NetImpl : torch::nn::Module {
  NetImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  Tensor forward(Tensor x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Net);

// Losses that are added up for a report.
void train(Net net, torch::optim::SGD &optimizer, std::vector<Tensor> batches) {
  Tensor total = torch::zeros({1});
  auto other = torch::zeros({1}), mean = torch::zeros({1});
  for (auto &batch : batches) {
    auto loss = torch::mse_loss(net->forward(batch), batch);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    total += loss;
    // CHECK: :[[@LINE-1]]:5: warning: 'total' adds up graphs round for round, and nothing runs backward through it: memory grows with each [torch-retained-graph]
    // CHECK: :[[@LINE-6]]:33: note: the graph is recorded here, with gradients on
    // CHECK: :[[@LINE-3]]:14: note: detach what is kept, or hold a 'torch::NoGradGuard' where nothing is trained
    other = other + loss / 2;
    // CHECK: :[[@LINE-1]]:5: warning: 'other' adds up graphs
    mean.add_(loss);
    // CHECK: :[[@LINE-1]]:5: warning: 'mean' adds up graphs
  }
  std::cout << total.item<float>() / batches.size() << other << (mean / 2).item<float>();
}

// Results that are kept.
struct Evaluator {
  Net net;
  torch::nn::MSELoss criterion;
  std::vector<Tensor> results;
  void evaluate(std::vector<Tensor> batches) {
    for (auto &batch : batches)
      results.push_back(criterion(net(batch), batch));
    // CHECK: :[[@LINE-1]]:7: warning: 'results' keeps graphs
  }
};
void store(std::shared_ptr<NetImpl> net, Tensor x) {
  std::vector<Tensor> outputs;
  std::map<int, Tensor> by_index;
  for (int i = 0; i < 1000; ++i) {
    auto y = net->forward(x);
    outputs.emplace_back(y.softmax(1));
    // CHECK: :[[@LINE-1]]:5: warning: 'outputs' keeps graphs
    by_index[i] = y;
    // CHECK: :[[@LINE-1]]:5: warning: 'by_index' keeps graphs
  }
  auto all = torch::stack(outputs);
  std::cout << all.argmax(1) << by_index.size();
  for (const auto &output : outputs)
    std::cout << output.sizes();
}

// States that are fed back; script modules as well.
void lstm(torch::nn::LSTMCell cell, Tensor x) {
  auto h = torch::zeros({1, 8}), c = torch::zeros({1, 8});
  for (int i = 0; i < 100; ++i)
    std::tie(h, c) = cell(x, std::make_tuple(h, c));
  // CHECK: :[[@LINE-1]]:5: warning: 'h' is fed back with its graph
  std::cout << h.size(0);
}
void script(torch::jit::Module module, Tensor x) {
  auto state = torch::zeros({1, 8});
  for (int i = 0; i < 100; ++i)
    state = module.forward({x, state}).toTensor();
  // CHECK: :[[@LINE-1]]:5: warning: 'state' is fed back with its graph
  std::cout << state.mean().item<float>();
}

// Members, once a call.
class Filter {
  torch::nn::GRUCell cell{torch::nn::GRUCellOptions(1, 8)};
  Tensor state = torch::zeros({1, 8});
  std::vector<Tensor> seen;
public:
  void process(Tensor block) {
    state = cell->forward(block, state);
    // CHECK: :[[@LINE-1]]:5: warning: 'state' is fed back with its graph
    std::cout << state.sum().item<float>();
  }
  void remember(Tensor loss) { seen.push_back(loss); }
  // CHECK: :[[@LINE-1]]:32: warning: 'seen' keeps graphs
};
void members(Net net, Tensor x) {
  Filter filter;
  for (int i = 0; i < 1000; ++i) {
    filter.process(x);
    filter.remember(net(x).sum());
  }
}

void tuples(torch::nn::GRU gru, torch::jit::Module module, Tensor x) {
  auto state = torch::zeros({1, 1, 8}), other = state, third = state;
  Tensor sum;
  for (int i = 0; i < 100; ++i) {
    auto [y, next] = gru(x, state);
    state = next;
    // CHECK: :[[@LINE-1]]:5: warning: 'state' is fed back with its graph
    auto result = module.forward({x, other}).toTuple();
    other = result->elements()[1].toTensor();
    // CHECK: :[[@LINE-1]]:5: warning: 'other' is fed back with its graph
    auto both = gru->forward(x, third);
    third = std::get<1>(both);
    // CHECK: :[[@LINE-1]]:5: warning: 'third' is fed back with its graph
    if (!sum.defined())
      sum = y.mean();
    else
      sum = sum + y.mean();
    // CHECK: :[[@LINE-1]]:7: warning: 'sum' adds up graphs
  }
  std::cout << state.sum() << other.sum() << third << sum;
}

// Tested, but not counted out.
void many(Net net, Tensor x) {
  std::vector<Tensor> kept, some;
  int64_t j = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    if (j < 4)
      kept.push_back(net(x));
      // CHECK: :[[@LINE-1]]:7: warning: 'kept' keeps graphs
    j = i % 7;
    if (some.size() < 800)
      some.push_back(net(x));
      // CHECK: :[[@LINE-1]]:7: warning: 'some' keeps graphs
  }
  std::cout << kept[0] << some[0];
}

int main() {
  many(Net(), {});
  members(Net(), {});
  tuples(torch::nn::GRU(1, 8), torch::jit::load("a.pt"), {});
  Net net;
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  train(net, optimizer, {});
  Evaluator{net}.evaluate({});
  store(net.ptr(), torch::ones({1, 4}));
  lstm(torch::nn::LSTMCell(1, 8), {});
  script(torch::jit::load("a.pt"), {});
}
