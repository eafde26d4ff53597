// RUN: %check torch-stale-graph %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

using torch::Tensor;
namespace nn = torch::nn;
using Optimizer = torch::optim::Adam;

// --- two losses of one forward pass --------------------------------------------------------------

void shared(nn::Sequential net, Tensor x, Tensor y) {
  auto out = net->forward(x);
  auto first = torch::mse_loss(out, y);
  auto second = out.abs().mean();
  first.backward();
  second.backward();
  // CHECK: :[[@LINE-1]]:10: warning: this goes back through 'net->forward(x)', whose graph an earlier 'backward()' has freed: it throws [torch-stale-graph]
  // CHECK: :[[@LINE-3]]:9: note: freed here; sum the losses and go back once, or say 'retain_graph'
  // CHECK: :[[@LINE-7]]:19: note: the graph was made here, once
}

// The discriminator's loss was not cut off from the generator.
void gan(nn::Sequential g, nn::Sequential d, Optimizer &gOpt, Optimizer &dOpt, Tensor noise, Tensor real) {
  Tensor fake;
  fake = g->forward(noise);
  Tensor d_loss = d->forward(real).mean();
  d_loss = d->forward(fake).mean() - d_loss;
  d_loss.backward();
  dOpt.step();
  auto g_loss = d->forward(fake).mean();
  g_loss.backward();
  // CHECK: :[[@LINE-1]]:10: warning: this goes back through 'g->forward(noise)', whose graph an earlier
  gOpt.step();
}

// The one is only sometimes retained.
void parts(nn::LSTM lstm, Tensor x, bool keep) {
  auto [out, state] = lstm(x);
  out.sum().backward({}, /*retain_graph=*/false);
  auto more = std::get<1>(state).sum();
  if (keep)
    more.backward({}, true);
    // CHECK: :[[@LINE-1]]:10: warning: this goes back through 'lstm(x)', whose graph
}

// --- one forward pass, many rounds ---------------------------------------------------------------

void again(nn::Linear net, Tensor x, Tensor y) {
  Tensor out = net(x);
  for (int i = 0; i < 10; ++i) {
    auto loss = torch::mse_loss(out, y);
    loss.backward();
    // CHECK: :[[@LINE-1]]:10: warning: in the second round this goes back through 'net(x)', whose graph the first round has freed: it throws
    // CHECK: :[[@LINE-5]]:16: note: the graph was made here, once
  }
}

Tensor loss_of(nn::Linear net, Tensor x) { return net(x).pow(2).mean(); }
void helper(nn::Linear net, Tensor x, Optimizer &optimizer) {
  auto loss = loss_of(net, x);
  while (loss.item<float>() > 0.1) {
    optimizer.zero_grad();
    loss.backward();
    // CHECK: :[[@LINE-1]]:10: warning: in the second round this goes back through 'loss_of(net, x)', whose graph
    optimizer.step();
  }
}

void script(torch::jit::Module net, Tensor x, Tensor y) {
  auto out = net.forward({x}).toTensor();
  do {
    torch::mse_loss(out, y).backward();
    // CHECK: :[[@LINE-1]]:29: warning: in the second round this goes back through
    y = y * 0.5;
  } while (y.sum().item<double>() > 1);
}

// --- the round before ----------------------------------------------------------------------------

void recurrent(nn::GRU rnn, Optimizer &optimizer, std::vector<Tensor> xs) {
  Tensor h = torch::zeros({1, 1, 4}), y;
  for (auto &x : xs) {
    std::tie(y, h) = rnn(x, h);
    optimizer.zero_grad();
    auto loss = y.sum();
    loss.backward();
    // CHECK: :[[@LINE-1]]:10: warning: in the second round this goes back into the round before, whose graph is freed: it throws
    // CHECK: :[[@LINE-5]]:29: note: 'h' has the graph of the round before; detach it between the rounds
    optimizer.step();
  }
}

void parameter(nn::GRU rnn, Optimizer &optimizer, std::vector<Tensor> xs, Tensor h) {
  for (auto &x : xs) {
    auto [y, next] = rnn(x, h);
    y.sum().backward();
    // CHECK: :[[@LINE-1]]:13: warning: in the second round this goes back into the round before
    optimizer.step();
    h = next;
    // CHECK: :[[@LINE-1]]:9: note: 'next' has the graph of the round before
  }
}

void cell(nn::LSTMCell cell, std::vector<Tensor> xs) {
  std::tuple<Tensor, Tensor> state(torch::zeros({1, 4}), torch::zeros({1, 4}));
  for (const Tensor &x : xs) {
    state = cell(x, state);
    Tensor loss = std::get<0>(state).sum();
    loss.backward();
    // CHECK: :[[@LINE-1]]:10: warning: in the second round this goes back into the round before
  }
}

void plain(nn::Linear net, int rounds) {
  auto h = torch::zeros({1, 4});
  for (int i = 0; i < rounds; ++i) {
    h = torch::tanh(net(h));
    h.sum().backward();
    // CHECK: :[[@LINE-1]]:13: warning: in the second round this goes back into the round before
  }
}

void total(nn::Linear net, std::vector<Tensor> xs) {
  Tensor sum = torch::zeros({});
  for (auto &x : xs) {
    sum += net(x).sum();
    sum.backward();
    // CHECK: :[[@LINE-1]]:9: warning: in the second round this goes back into the round before
    // CHECK: :[[@LINE-3]]:5: note: 'sum' has the graph of the round before
  }
}

void total_again(nn::Linear net, std::vector<Tensor> xs) {
  Tensor sum = torch::zeros({});
  for (auto &x : xs) {
    auto loss = net(x).sum();
    sum = sum + loss;
    sum.backward();
    // CHECK: :[[@LINE-1]]:9: warning: in the second round this goes back into the round before
  }
}

// --- a step in between ---------------------------------------------------------------------------

struct Agent {
  Agent()
      : actor(nn::Linear(3, 1)), critic(nn::Linear(4, 8), nn::ReLU(), nn::Linear(8, 1)), actorOpt(actor->parameters(), 1e-4),
        criticOpt(std::make_unique<Optimizer>(critic->parameters(), 1e-3)), sgd(critic->parameters(), 0.1) {}
  void learn(Tensor s, Tensor a, Tensor target) {
    auto q = critic->forward(torch::cat({s, a}, 1));
    auto critic_loss = torch::mse_loss(q, target);
    auto actor_loss = -critic->forward(torch::cat({s, actor->forward(s)}, 1)).mean();
    criticOpt->zero_grad();
    critic_loss.backward();
    criticOpt->step();
    actorOpt.zero_grad();
    actor_loss.backward();
    // CHECK: :[[@LINE-1]]:16: warning: this throws: it goes back through 'critic->forward(…)', and 'criticOpt->step()' has changed those weights since
    // CHECK: :[[@LINE-4]]:16: note: changed here; go back before the weights change, or run the model again
    // CHECK: :[[@LINE-8]]:32: note: the graph was made here, once
    actorOpt.step();
  }
  void quiet(Tensor s) {
    auto loss = critic->forward(actor->forward(s)).mean();
    sgd.step();
    loss.backward();
    // CHECK: :[[@LINE-1]]:10: warning: this goes back through 'critic->forward(actor->forward(s))' with weights that 'sgd.step()' has changed since: the gradients are of neither, and nothing is said
  }
  nn::Sequential actor, critic;
  Optimizer actorOpt;
  std::unique_ptr<Optimizer> criticOpt;
  torch::optim::SGD sgd;
};

struct NetImpl : nn::Module {
  NetImpl() : a(register_module("a", nn::Linear(4, 4))), b(register_module("b", nn::Linear(4, 1))) {}
  Tensor forward(Tensor x) { return b(torch::relu(a(x))); }
  nn::Linear a, b;
};
TORCH_MODULE(Net);
void local(Tensor x, Tensor other) {
  Net net;
  Optimizer optimizer(net->parameters(), 0.1);
  auto second = net(other).mean();
  net(x).mean().backward();
  optimizer.step();
  second.backward();
  // CHECK: :[[@LINE-1]]:10: warning: this throws: it goes back through 'net(other)', and 'optimizer.step()' has
}
// One part of what a run returned, twice.
struct PairImpl : nn::Module {
  PairImpl() : a(register_module("a", nn::Linear(4, 2))), b(register_module("b", nn::Linear(4, 1))) {}
  std::tuple<Tensor, Tensor> forward(Tensor x) { return {a(x), b(x)}; }
  nn::Linear a, b;
};
TORCH_MODULE(Pair);
void samePart(Pair net, Tensor x, Tensor t) {
  auto [y, v] = net->forward(x);
  torch::mse_loss(v, t).backward();
  v.pow(2).mean().backward();
  // CHECK: :[[@LINE-1]]:19: warning: {{.*}} [torch-stale-graph]
  auto both = net->forward(x);
  std::get<1>(both).mean().backward();
  (std::get<0>(both).mean() + std::get<1>(both).mean()).backward();
  // CHECK: :[[@LINE-1]]:57: warning: {{.*}} [torch-stale-graph]
}
