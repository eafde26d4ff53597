// RUN: %check torch-retained-graph %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/script.h>
#include <torch/torch.h>

#include <deque>
#include <iostream>
#include <vector>

using torch::Tensor;

struct NetImpl : torch::nn::Module {
  NetImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  // A network's own loop.
  Tensor forward(Tensor x) {
    auto y = x;
    std::vector<Tensor> all;
    for (int i = 0; i < 100; ++i) {
      y = fc(y);
      all.push_back(y);
    }
    return torch::stack(all);
  }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Net);

void elsewhere(std::vector<Tensor> outputs);
void update(torch::optim::Adam &optimizer, const std::vector<Tensor> &log_probs) {
  auto loss = -torch::stack(log_probs).sum();
  loss.backward();
  optimizer.step();
}

// Cut, or on the host.
void cut(Net net, Tensor x) {
  Tensor total = torch::zeros({1}), sum = torch::zeros({1});
  double number = 0;
  std::vector<Tensor> outputs, classes;
  auto state = x;
  for (int i = 0; i < 100; ++i) {
    auto loss = net(x).sum();
    loss.backward();
    total += loss.detach();
    sum += loss.item<float>();
    number += loss.item<double>();
    outputs.push_back(net(x).detach().cpu());
    classes.push_back(net(x).argmax(1));
    state = net(state).detach();
  }
  std::cout << total << sum << number << state;
}

// Under guards, here and in the caller.
void guarded(Net net, Tensor x) {
  torch::NoGradGuard no_grad;
  std::vector<Tensor> outputs;
  for (int i = 0; i < 100; ++i)
    outputs.push_back(net(x));
}
static Tensor inner(Net net, Tensor x) {
  for (int i = 0; i < 100; ++i)
    x = net(x);
  return x;
}
void server(Net net, Tensor x) {
  c10::InferenceMode mode;
  std::cout << inner(net, x);
}
// Who calls it is not in view.
void unknown(Net net, Tensor x) {
  std::vector<Tensor> outputs;
  for (int i = 0; i < 100; ++i)
    outputs.push_back(net(x));
  std::cout << outputs.size();
}

// Trained on: a rollout, accumulated losses, truncated back-propagation.
void rollout(Net net, torch::optim::Adam &optimizer, Tensor x) {
  std::vector<Tensor> log_probs, kept;
  for (int i = 0; i < 100; ++i) {
    auto probs = torch::softmax(net(x), 1);
    log_probs.push_back(torch::log(probs));
    kept.push_back(probs);
  }
  update(optimizer, log_probs);
  elsewhere(kept);
}
void accumulated(Net net, Tensor x) {
  Tensor total = torch::zeros({1});
  for (int i = 0; i < 100; ++i)
    total = total + net(x).sum();
  total.backward();
}
void truncated(torch::nn::GRUCell cell, torch::optim::Adam &optimizer, Tensor x) {
  auto state = torch::zeros({1, 8});
  auto loss = torch::zeros({1});
  for (int i = 0; i < 100; ++i) {
    state = cell(x, state);
    loss += state.sum();
    if (i % 10 == 0) {
      loss.backward();
      optimizer.step();
      state = state.detach();
      loss = torch::zeros({1});
    }
  }
}

// Renewed in each round; a window.
void renewed(Net net, Tensor x) {
  std::vector<Tensor> window;
  std::deque<Tensor> last;
  for (int i = 0; i < 100; ++i) {
    window.push_back(net(x));
    if (window.size() == 10) {
      std::cout << torch::stack(window).argmax();
      window.clear();
    }
    last.push_back(net(x));
    if (last.size() > 4)
      last.pop_front();
  }
}

// One network of several layers, few rounds, data without a graph.
void layers(std::vector<torch::nn::Linear> all, torch::nn::Linear one, Tensor x) {
  for (auto &layer : all)
    x = torch::relu(layer(x));
  for (size_t i = 0; i < all.size(); ++i)
    x = all[i]->forward(x);
  auto y = x;
  for (int i = 0; i < 3; ++i)
    y = one(y);
  auto sum = torch::zeros({4});
  std::vector<Tensor> data;
  torch::nn::ReLU relu;
  for (int i = 0; i < 100; ++i) {
    auto batch = torch::randn({4});
    sum += batch;
    data.push_back(relu(batch));
  }
  std::cout << x << y << sum;
}

// Members that a method gives away, that the loop resets, that are called once.
class Rollout {
  std::vector<Tensor> log_probs, losses, once;
public:
  Net net;
  std::vector<Tensor> play(Tensor x) {
    for (int i = 0; i < 100; ++i)
      log_probs.push_back(net(x));
    return log_probs;
  }
  void add(Tensor loss) { losses.push_back(loss); }
  void reset() { losses.clear(); }
  void keep(Tensor loss) { once.push_back(loss); }
};
void rounds(Rollout &rollout, Tensor x) {
  for (int i = 0; i < 100; ++i) {
    rollout.add(rollout.net(x));
    rollout.reset();
  }
  rollout.keep(rollout.net(x));
  torch::stack(rollout.play(x)).sum().backward();
}

std::vector<Tensor> classes(const Tensor &scores, int64_t count) {
  std::vector<Tensor> parts;
  for (int64_t i = 0; i < count; ++i)
    parts.push_back(scores.select(1, i));
  return parts;
}
// Positions have no graph.
void positions(Tensor x) {
  auto model = torch::jit::load("net.pt");
  auto scores = model.forward({x}).toTensor().squeeze();
  auto order = std::get<1>(torch::sort(scores, 0, true));
  auto sorted = torch::sort(scores, 0, true);
  Tensor rest = std::get<1>(sorted);
  auto [values, left] = scores.topk(8);
  Tensor best = scores.argmax(0, true);
  while (order.size(0) > 0) {
    order = torch::index_select(order, 0, torch::nonzero(order > 1).select(1, 0));
    rest = rest.slice(0, 1, rest.size(0));
    left = left.slice(0, 1, left.size(0));
    best = best.slice(0, 1, best.size(0));
  }
  std::cout << order << rest << left << best;
  // The parts of one result share its graph.
  std::vector<Tensor> parts;
  for (int64_t i = 0; i < scores.size(0); ++i)
    parts.push_back(scores.select(0, i));
  std::cout << parts.size() << classes(scores, scores.size(1)).size();
}

// A few of many rounds are kept.
void samples(Net net, Tensor x) {
  std::vector<Tensor> kept, some;
  int64_t j = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    Tensor y = net(x);
    if (j < 4 && i % 7 == 0) {
      kept.push_back(y.clone());
      ++j;
    }
    if (some.size() < 8)
      some.push_back(y);
  }
  std::cout << kept[0] << some[0];
}

int main() {
  samples(Net(), {});
  Rollout rounds_of;
  rounds(rounds_of, {});
  Net net;
  torch::optim::Adam optimizer(net->parameters(), 1e-3);
  cut(net, {});
  guarded(net, {});
  server(net, {});
  rollout(net, optimizer, {});
  accumulated(net, {});
  positions({});
  truncated(torch::nn::GRUCell(1, 8), optimizer, {});
  renewed(net, {});
  layers({}, torch::nn::Linear(4, 4), {});
}
// Few rounds, or given up in each some many.
void flush(std::vector<torch::Tensor> &kept) {
  std::cout << kept.size();
  kept.clear();
}
void flushed(torch::nn::Linear net, std::vector<torch::Tensor> inputs) {
  std::vector<torch::Tensor> a, b, c, ring(4), first, few;
  auto flushB = [&] { b.clear(); };
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto y = net->forward(inputs[i]);
    a.push_back(y);
    if (a.size() == 100)
      flush(a);
    b.push_back(y);
    if (b.size() == 100)
      flushB();
    c.push_back(y);
    auto taken = std::move(c);
    ring[i % 4] = y;
    if (first.empty())
      first.push_back(y);
    if (i < 4)
      few.push_back(y);
    std::cout << taken.size();
  }
  std::cout << a.size() << b.size() << c.size() << ring.size() << first.size() << few.size();
}
void augmented(torch::nn::Linear net, torch::Tensor image) {
  std::vector<torch::Tensor> all;
  for (double scale : {0.5, 1.0, 1.5})
    all.push_back(net->forward(image * scale));
  std::vector<double> shifts{0, 1, 2};
  for (double shift : shifts)
    all.push_back(net->forward(image + shift));
  std::cout << torch::stack(all).mean(0);
}
