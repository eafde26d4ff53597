// RUN: %check torch-dead-backward %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <algorithm>

#include <iostream>
#include <memory>
#include <vector>

namespace F = torch::nn::functional;
using torch::Tensor;

void consume(Tensor loss);
struct Net : torch::nn::Module {
  Net() { fc = register_module("fc", torch::nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
  Tensor kept;
};

// --- the loss is a new leaf ---

// A loss with its graph.
void trained(Net &net, Tensor x, Tensor y, torch::optim::SGD &optimizer) {
  optimizer.zero_grad();
  auto loss = torch::mse_loss(net.forward(x), y);
  loss.backward();
  optimizer.step();
}

// Another summand has one.
void mixed(Net &net, Tensor x, std::vector<float> values, torch::optim::SGD &optimizer) {
  auto penalty = torch::tensor(values, torch::requires_grad()).sum();
  (net.forward(x).sum() + penalty).backward();
  optimizer.step();
}

// A sum that begins as a leaf.
void begun(Net &net, Tensor x, float start, torch::optim::SGD &optimizer) {
  auto loss = torch::tensor(start, torch::requires_grad());
  for (int i = 0; i < 3; ++i)
    loss = loss + net.forward(x).sum();
  loss.backward();
  optimizer.step();
}
void begun_in_place(Net &net, Tensor x, float start, torch::optim::SGD &optimizer) {
  auto loss = torch::tensor({start}).requires_grad_() * 1;
  auto &same = loss;
  same += net.forward(x).sum();
  loss.backward();
  optimizer.step();
}
void begun_by_method(Net &net, Tensor x, float start, torch::optim::SGD &optimizer) {
  auto loss = torch::tensor({start}, torch::requires_grad()).clone();
  loss.add_(net.forward(x).sum());
  loss.backward();
  optimizer.step();
}
void begun_by_parts(Net &net, Tensor x, float start, torch::optim::SGD &optimizer) {
  auto loss = torch::tensor({start, start}, torch::requires_grad()).clone();
  loss[0] = net.forward(x).sum();
  loss.sum().backward();
  optimizer.step();
}
void begun_by_view(Net &net, Tensor x, float start, torch::optim::SGD &optimizer) {
  auto loss = torch::tensor({start, start}, torch::requires_grad()).clone();
  auto part = loss.view({2});
  part.copy_(net.forward(x));
  loss.sum().backward();
  optimizer.step();
}

// The gradient of the input is read: adversarial examples.
Tensor attack(Net &net, Tensor x, torch::optim::SGD &optimizer) {
  optimizer.zero_grad();
  auto input = x.detach().clone().requires_grad_(true);
  auto loss = (input * 2).sum();
  loss.backward();
  optimizer.step();
  return input.grad().sign();
}
// ... by another name.
Tensor alias(Tensor x, torch::optim::SGD &optimizer) {
  optimizer.zero_grad();
  auto input = x.detach().requires_grad_(true);
  Tensor other = input;
  (input * 2).sum().backward();
  return other.grad();
}
// ... by who gets it.
Tensor handed_out(Tensor x, torch::optim::SGD &optimizer) {
  optimizer.zero_grad();
  auto input = x.detach().requires_grad_(true);
  (input * 2).sum().backward();
  return input;
}
void stored(Net &net, Tensor x, torch::optim::SGD &optimizer) {
  optimizer.zero_grad();
  auto input = x.detach().requires_grad_(true);
  net.kept = input;
  (input * 2).sum().backward();
}
void collected(std::vector<Tensor> &all, Tensor x, torch::optim::SGD &optimizer) {
  optimizer.zero_grad();
  auto input = x.detach().requires_grad_(true);
  all.push_back(input);
  (input * 2).sum().backward();
}
void unknown(Tensor x, torch::optim::SGD &optimizer) {
  optimizer.zero_grad();
  auto input = x.detach().requires_grad_(true);
  consume(input);
  (input * 2).sum().backward();
}
void hooked(Tensor x, torch::optim::SGD &optimizer) {
  optimizer.zero_grad();
  auto input = x.detach().requires_grad_(true);
  input.register_hook([](Tensor g) { std::cout << g; });
  (input * 2).sum().backward();
}

// A leaf that is optimized itself.
void fitted(std::vector<float> start) {
  auto x = torch::tensor(start, torch::requires_grad());
  torch::optim::SGD optimizer({x}, 0.1);
  for (int i = 0; i < 10; ++i) {
    optimizer.zero_grad();
    auto loss = (x - 2).pow(2).sum();
    loss.backward();
    optimizer.step();
  }
}
void fitted_list(std::vector<float> start) {
  auto x = torch::tensor(start, torch::requires_grad());
  std::vector<Tensor> all;
  all.push_back(x);
  torch::optim::Adam optimizer(all, 0.1);
  (x * x).sum().backward();
  optimizer.step();
}
// ... by hand.
void by_hand(std::vector<float> start, torch::optim::SGD &optimizer) {
  auto x = torch::tensor(start, torch::requires_grad());
  (x * x).sum().backward();
  torch::NoGradGuard guard;
  x -= 0.1 * x.grad();
  optimizer.step();
}

// Autograd is tried out: nothing is trained.
void tried() {
  double value = 3;
  auto x = torch::tensor(value, torch::requires_grad());
  (x * x).backward();
  std::cout << x;
}
void asked(std::vector<float> v, torch::optim::SGD &optimizer) {
  optimizer.zero_grad();
  auto x = torch::tensor(v, torch::requires_grad());
  auto y = (x * x).sum();
  auto g = torch::autograd::grad({y}, {x}, {}, true);
  y.backward();
}

// A placeholder: it holds no value of anything.
void placeholder(torch::optim::SGD &optimizer) {
  optimizer.zero_grad();
  torch::zeros({1}, torch::requires_grad()).backward();
  auto one = torch::ones({1}).requires_grad_();
  (one * 2).backward();
  auto fixed = torch::tensor(1.0, torch::requires_grad());
  fixed.backward();
  optimizer.step();
}

// What comes from elsewhere may have a graph.
void parameter(Tensor loss, torch::optim::SGD &optimizer) {
  loss.requires_grad_(true);
  loss.backward();
  optimizer.step();
}
Tensor targets();
void called(std::vector<float> v, torch::optim::SGD &optimizer) {
  auto x = torch::tensor(v, torch::requires_grad());
  torch::mse_loss(x, targets()).backward();
  optimizer.step();
}
void changed(std::vector<float> v, torch::optim::SGD &optimizer) {
  auto x = torch::tensor(v, torch::requires_grad()).sum();
  consume(x);
  x.backward();
  optimizer.step();
}
void captured(Net &net, Tensor in, std::vector<float> v, torch::optim::SGD &optimizer) {
  auto x = torch::tensor(v, torch::requires_grad()).sum();
  auto add = [&] { x = x + net.forward(in).sum(); };
  add();
  x.backward();
  optimizer.step();
}
void run(Net &net, Tensor x, torch::optim::SGD &optimizer) {
  auto input = x.detach().requires_grad_(true);
  net.forward(input).sum().backward();
  optimizer.step();
}
void maybe(std::vector<float> v, bool flag, torch::optim::SGD &optimizer) {
  auto x = torch::tensor(v).sum();
  x.set_requires_grad(flag);
  x.backward();
  optimizer.step();
}

// --- a closure that computes no gradients ---

void compute(Tensor loss);
struct Trainer {
  virtual Tensor evaluate();
  Tensor inside() {
    auto loss = net.forward(x).sum();
    loss.backward();
    return loss;
  }
  Net net;
  Tensor x;
  torch::optim::LBFGS optimizer{net.parameters()};
  void step(std::function<Tensor()> given) {
    optimizer.step([&] { return inside(); });
    optimizer.step([&] { return evaluate(); });
    optimizer.step(given);
    optimizer.step([&] { return given(); });
    optimizer.step(nullptr);
    optimizer.step([&] {
      auto loss = net.forward(x).sum();
      compute(loss);
      return loss;
    });
    optimizer.step([&] {
      auto loss = net.forward(x).sum();
      torch::autograd::backward({loss});
      return loss;
    });
    // Gradients by hand.
    optimizer.step([&] {
      net.fc->weight.mutable_grad() = x;
      return net.forward(x).sum();
    });
    auto run = [&](Tensor loss) { loss.backward(); };
    optimizer.step([&] {
      auto loss = net.forward(x).sum();
      run(loss);
      return loss;
    });
  }
};

// Others than LBFGS call the closure once: gradients may stand there before.
void before(Net &net, Tensor x) {
  torch::optim::SGD optimizer(net.parameters(), 0.1);
  auto loss = net.forward(x).sum();
  loss.backward();
  optimizer.step([&] { return loss; });
}
void given(torch::optim::SGD &optimizer, Tensor loss) {
  optimizer.step([&] { return loss; });
}
void elsewhere(Net &net, Tensor x) {
  torch::optim::Adam optimizer(net.parameters());
  auto loss = net.forward(x).sum();
  compute(loss);
  optimizer.step([&] { return loss; });
}
// What an optimizer of the project does with it is not known.
struct Search : torch::optim::Optimizer {
  using torch::optim::Optimizer::Optimizer;
  Tensor step(LossClosure closure) override;
};
void search(Net &net, Search &optimizer, torch::optim::Optimizer &any, Tensor x) {
  optimizer.step([&] { return net.forward(x).sum(); });
  any.step([&] { return net.forward(x).sum(); });
}

// --- a closure over a graph made outside ---

void closures(Net &net, Net &teacher, Tensor x, Tensor y, Tensor given) {
  torch::optim::LBFGS optimizer(net.parameters());
  torch::optim::SGD once(net.parameters(), 0.1);
  auto pred = net.forward(x);
  // One call alone.
  once.step([&] {
    auto loss = torch::mse_loss(pred, y);
    loss.backward();
    return loss;
  });
  // The graph is kept.
  optimizer.step([&] {
    auto loss = torch::mse_loss(pred, y);
    loss.backward({}, true);
    return loss;
  });
  // Values of it alone.
  auto detached = net.forward(x).detach();
  optimizer.step([&] {
    auto loss = torch::mse_loss(net.forward(x), detached) + torch::mse_loss(net.forward(x), pred.detach());
    loss.backward();
    return loss;
  });
  // Computed anew.
  Tensor again = net.forward(x);
  optimizer.step([&] {
    again = net.forward(x);
    auto loss = torch::mse_loss(again, y);
    loss.backward();
    return loss;
  });
  // Of a model that nobody trains here: it may be frozen.
  auto wanted = teacher.forward(x);
  optimizer.step([&] {
    auto loss = torch::mse_loss(net.forward(x), wanted) + given.sum();
    loss.backward();
    return loss;
  });
  Tensor quiet;
  {
    torch::NoGradGuard guard;
    quiet = net.forward(x);
  }
  optimizer.step([&] {
    auto loss = torch::mse_loss(net.forward(x), quiet);
    loss.backward();
    return loss;
  });
}

// --- a graph, perhaps ----------------------------------------------------------------------------

void given(Tensor x, Tensor y) {
  (x.detach() * y).sum().backward(); // y may have one
  auto z = x.detach();
  z.requires_grad_();
  (z * 2).sum().backward();
  auto w = torch::zeros({4}, torch::requires_grad());
  w.sum().backward();
  auto v = x.detach() * 2;
  v += y;
  v.sum().backward();
}
void expected(torch::nn::Linear net, Tensor x) {
  try {
    net(x).detach().sum().backward();
  } catch (const c10::Error &) {
  }
}
void sometimes(torch::nn::Linear net, Tensor x, bool train) {
  Tensor out = net(x).detach();
  if (train)
    out = net(x);
  out.sum().backward();
}
// Its callers expect it.
void broken(torch::nn::Linear net, Tensor x) { net(x).detach().sum().backward(); }
void test(torch::nn::Linear net, Tensor x) {
  try {
    broken(net, x);
  } catch (const c10::Error &) {
  }
}
// Whether gradients are on is for another place to say.
void guards(torch::nn::Linear net, Tensor x, bool train) {
  c10::optional<torch::NoGradGuard> guard;
  if (!train)
    guard.emplace();
  auto loss = net(x).sum();
  if (train)
    loss.backward();
}
void moved(torch::nn::Embedding emb, Tensor ids) {
  emb(ids.to(torch::kLong)).to(torch::kCPU).sum().backward();
}
void packed(torch::nn::LSTM lstm, torch::nn::utils::rnn::PackedSequence x, Tensor y) {
  auto out = std::get<0>(lstm->forward_with_packed_input(x));
  (out.data() * y.detach()).sum().backward();
}
struct Sum {
  Tensor &to;
  void add(Tensor x) { to += x; }
};
void others(torch::nn::Linear net, Tensor x, std::vector<Tensor> all) {
  Tensor a = x.detach();
  Sum sum{a};
  sum.add(net(x));
  (a * (x > 0)).sum().backward();
  Tensor b = x.detach();
  auto add = [&](Tensor &t) { t = t + net(x); };
  add(b);
  (b * (x > 0)).sum().backward();
  Tensor c = x.detach();
  std::for_each(all.begin(), all.end(), [&](auto &each) { c += net(each); });
  (c * (x > 0)).sum().backward();
  Tensor d = x.detach();
  torch::indexing::set_item(d, {0}, net(x));
  (d * (x > 0)).sum().backward();
}
void options(Tensor x, Tensor gamma) {
  namespace F = torch::nn::functional;
  F::layer_norm(x.detach(), F::LayerNormFuncOptions({2}).weight(gamma)).sum().backward();
}

// A sum that starts as a number, options that may ask for gradients.
void sumOf(torch::nn::Linear net, std::vector<Tensor> batches, torch::TensorOptions options) {
  auto total = torch::tensor(0.0);
  for (auto &batch : batches)
    total = total + net(batch).mean();
  total.backward();
  auto leaf = torch::tensor(1.0, options);
  leaf.backward();
}
