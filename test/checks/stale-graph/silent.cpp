// RUN: %check torch-stale-graph %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;
namespace nn = torch::nn;
struct Agent {
  Agent() : actor(nn::Linear(3, 8), nn::ReLU(), nn::Linear(8, 1)), critic(nn::Linear(4, 8), nn::ReLU(), nn::Linear(8, 1)), actorOpt(actor->parameters(), 1e-4), criticOpt(critic->parameters(), 1e-3) {}
  // both go back before either steps
  void before(Tensor s, Tensor a, Tensor t) {
    auto lossC = torch::mse_loss(critic->forward(torch::cat({s, a}, 1)), t);
    auto lossA = -critic->forward(torch::cat({s, actor->forward(s)}, 1)).mean();
    lossC.backward();
    lossA.backward();
    criticOpt.step();
    actorOpt.step();
  }
  // the critic is run again
  void rerun(Tensor s, Tensor a, Tensor t) {
    auto loss = torch::mse_loss(critic->forward(torch::cat({s, a}, 1)), t);
    loss.backward();
    criticOpt.step();
    loss = -critic->forward(torch::cat({s, actor->forward(s)}, 1)).mean();
    loss.backward();
    actorOpt.step();
  }
  // another optimizer's weights
  void other(Tensor s, Tensor a, Tensor t) {
    auto lossC = torch::mse_loss(critic->forward(torch::cat({s, a}, 1)), t);
    auto lossA = actor->forward(s.requires_grad_()).mean();
    lossC.backward();
    criticOpt.step();
    lossA.backward();
    actorOpt.step();
  }
  // values taken without their graph
  void advantage(Tensor s, Tensor t) {
    auto v = critic->forward(s);
    auto lossC = torch::mse_loss(v, t);
    auto adv = (t - v).detach();
    auto lossA = (actor->forward(s) * adv).mean();
    lossC.backward();
    criticOpt.step();
    lossA.backward();
    actorOpt.step();
  }
  void dqn(Tensor s, Tensor n, Tensor r) {
    for (int i = 0; i < 10; ++i) {
      auto q = actor->forward(s);
      auto best = std::get<1>(critic->forward(n).max(1));
      auto a = critic->forward(n).argmax(1).to(torch::kLong);
      auto loss = torch::mse_loss(q.gather(1, best.unsqueeze(1)), r);
      actorOpt.zero_grad();
      loss.backward();
      actorOpt.step();
    }
  }
  nn::Sequential actor, critic;
  torch::optim::Adam actorOpt, criticOpt;
};
// kept on purpose
void kept(nn::Sequential net, Tensor x, Tensor y) {
  auto out = net->forward(x);
  torch::mse_loss(out, y).backward({}, true);
  out.abs().mean().backward();
}
void summed(nn::Sequential net, Tensor x, Tensor y) {
  auto out = net->forward(x);
  auto loss = torch::mse_loss(out, y) + out.abs().mean();
  loss.backward();
}
void branches(nn::Sequential net, Tensor x, Tensor y, bool b) {
  auto out = net->forward(x);
  if (b)
    torch::mse_loss(out, y).backward();
  else
    out.abs().mean().backward();
}
void rounds(nn::Sequential net, std::vector<Tensor> xs) {
  Tensor out;
  for (auto &x : xs) {
    out = net->forward(x);
    out.mean().backward();
  }
}
void truncated(nn::GRU rnn, std::vector<Tensor> xs) {
  Tensor h = torch::zeros({1, 1, 4}), y;
  for (auto &x : xs) {
    std::tie(y, h) = rnn(x, h);
    y.sum().backward();
    h = h.detach();
  }
}
void truncated2(nn::GRU rnn, std::vector<Tensor> xs) {
  Tensor h = torch::zeros({1, 1, 4}), y;
  for (auto &x : xs) {
    std::tie(y, h) = rnn(x, h.detach());
    y.sum().backward();
  }
}
void truncated3(nn::GRU rnn, std::vector<Tensor> xs) {
  Tensor h = torch::zeros({1, 1, 4}), y;
  for (auto &x : xs) {
    std::tie(y, h) = rnn(x, h);
    y.sum().backward();
    h.detach_();
  }
}
void fresh(nn::GRU rnn, std::vector<Tensor> xs) {
  for (auto &x : xs) {
    Tensor h = torch::zeros({1, 1, 4}), y;
    std::tie(y, h) = rnn(x, h);
    y.sum().backward();
  }
}
void atEnd(nn::GRU rnn, std::vector<Tensor> xs) {
  Tensor h = torch::zeros({1, 1, 4}), y, loss = torch::zeros({});
  for (auto &x : xs) {
    std::tie(y, h) = rnn(x, h);
    loss += y.sum();
  }
  loss.backward();
}
void everyTen(nn::GRU rnn, std::vector<Tensor> xs) {
  Tensor h = torch::zeros({1, 1, 4}), y, loss = torch::zeros({});
  int i = 0;
  for (auto &x : xs) {
    std::tie(y, h) = rnn(x, h);
    loss = loss + y.sum();
    if (++i % 10 == 0) {
      loss.backward();
      h = h.detach();
      loss = torch::zeros({});
    }
  }
}
void chunks(nn::GRU rnn, std::vector<std::vector<Tensor>> all) {
  Tensor h = torch::zeros({1, 1, 4}), y;
  for (auto &xs : all) {
    Tensor loss = torch::zeros({});
    h = h.detach();
    for (auto &x : xs) {
      std::tie(y, h) = rnn(x, h);
      loss += y.sum();
    }
    loss.backward();
  }
}
void gan(nn::Sequential G, nn::Sequential D, torch::optim::Adam &g, torch::optim::Adam &d, Tensor z, Tensor real) {
  auto fake = G->forward(z);
  auto d_loss = D->forward(real).mean() - D->forward(fake.detach()).mean();
  d_loss.backward();
  d.step();
  auto g_loss = D->forward(fake).mean();
  g_loss.backward();
  g.step();
}
void dcgan(nn::Sequential G, nn::Sequential D, torch::optim::Adam &g, torch::optim::Adam &d, Tensor z, Tensor real) {
  Tensor real_output = D->forward(real);
  Tensor real_loss = torch::binary_cross_entropy(real_output, z);
  real_loss.backward();
  Tensor fake = G->forward(z);
  Tensor fake_output = D->forward(fake.detach());
  Tensor fake_loss = torch::binary_cross_entropy(fake_output, z);
  fake_loss.backward();
  Tensor d_loss = real_loss + fake_loss;
  d.step();
  fake_output = D->forward(fake);
  Tensor g_loss = torch::binary_cross_entropy(fake_output, z);
  g_loss.backward();
  g.step();
}
void metrics(nn::Linear net, std::vector<Tensor> xs) {
  Tensor sum = torch::zeros({});
  for (auto &x : xs) {
    auto loss = net(x).sum();
    loss.backward();
    sum += loss.detach();
    std::cout << sum.item<float>();
  }
}
void style(nn::Sequential net, Tensor content, Tensor x) {
  Tensor target;
  { torch::NoGradGuard g; target = net->forward(content); }
  for (int i = 0; i < 10; ++i) {
    auto loss = torch::mse_loss(net->forward(x), target);
    loss.backward();
  }
}
void untilFound(nn::Linear net, std::vector<Tensor> xs, Tensor y) {
  Tensor out = net(y);
  for (auto &x : xs) {
    if (x.numel() > 3) {
      (out * x).sum().backward();
      break;
    }
  }
}
void helperState(nn::GRU rnn, std::vector<Tensor> xs, Tensor (*repackage)(Tensor)) {
  Tensor h = torch::zeros({1, 1, 4}), y;
  for (auto &x : xs) {
    h = repackage(h);
    std::tie(y, h) = rnn(x, h);
    y.sum().backward();
  }
}

// A test of LibTorch itself.
void expected(nn::Linear net, Tensor x) {
  auto out = net(x).sum();
  out.backward();
#define EXPECT_THROWS(statement) try { statement; } catch (...) {}
  EXPECT_THROWS(out.backward());
}
// Another graph of the same model each time.
void two(nn::Sequential net, Tensor a, Tensor b) {
  net->forward(a).mean().backward();
  net->forward(b).mean().backward();
}
// The gradient of a single layer's weights does not need the weights.
void single(Tensor a, Tensor b) {
  nn::Linear net(4, 1);
  torch::optim::Adam optimizer(net->parameters(), 0.1);
  auto second = net(b).mean();
  net(a).mean().backward();
  optimizer.step();
  second.backward();
}
// A state that is new where the episode is.
void episodes(nn::GRU rnn, std::vector<Tensor> xs, std::vector<bool> done) {
  Tensor h = torch::zeros({1, 1, 4}), y;
  for (size_t i = 0; i < xs.size(); ++i) {
    if (done[i])
      h = torch::zeros({1, 1, 4});
    std::tie(y, h) = rnn(xs[i], h);
    if (done[i])
      y.sum().backward();
  }
}
// Not known to carry the graph: the state is cut by code out of view.
void cut(Tensor &h);
void out_of_view(nn::GRU rnn, std::vector<Tensor> xs) {
  Tensor h = torch::zeros({1, 1, 4}), y;
  for (auto &x : xs) {
    std::tie(y, h) = rnn(x, h);
    y.sum().backward();
    cut(h);
  }
}
// A loss that starts anew in each round.
void anew(nn::Linear net, std::vector<Tensor> xs) {
  Tensor sum;
  for (auto &x : xs) {
    sum = torch::zeros({});
    for (int i = 0; i < 3; ++i)
      sum += net(x).sum();
    sum.backward();
  }
}
// Only the last round goes back.
void last(nn::Linear net, std::vector<Tensor> xs) {
  Tensor sum = torch::zeros({});
  for (size_t i = 0; i < xs.size(); ++i) {
    sum = sum + net(xs[i]).sum();
    if (i + 1 == xs.size())
      sum.backward();
  }
}
// A loop that ends with its first step.
void first_good(nn::Linear net, Tensor x) {
  auto out = net(x);
  while (true) {
    if (x.numel() > 3) {
      out.sum().backward();
      return;
    }
    x = torch::cat({x, x});
  }
}
// Its condition may hold in one round alone.
void chosen(nn::Linear net, Tensor x, int n) {
  auto out = net(x);
  for (int i = 0; i < n; ++i) {
    x = x + 1;
    if (i + 1 == n)
      (out * x).sum().backward();
  }
}
// Two heads side by side: no gradient goes through the weights of either.
struct HeadsImpl : nn::Module {
  HeadsImpl() : a(register_module("a", nn::Linear(4, 4))), b(register_module("b", nn::Linear(4, 4))) {}
  Tensor forward(Tensor x) { return a(x) + b(x); }
  nn::Linear a, b;
};
TORCH_MODULE(Heads);
void heads(Tensor x, Tensor other) {
  Heads net;
  torch::optim::Adam optimizer(net->parameters(), 0.1);
  auto second = net(other).mean();
  net(x).mean().backward();
  optimizer.step();
  second.backward();
}
// What a run returns in several parts need not have one graph.
struct ActorCriticImpl : nn::Module {
  ActorCriticImpl() : actor(register_module("actor", nn::Linear(4, 2))), critic(register_module("critic", nn::Linear(4, 1))) {}
  std::tuple<Tensor, Tensor> forward(Tensor x) { return {actor(x), critic(x)}; }
  std::vector<Tensor> all(Tensor x) { return {actor(x), critic(x)}; }
  nn::Linear actor, critic;
};
TORCH_MODULE(ActorCritic);
void actorThenCritic(ActorCritic net, Tensor s, Tensor ret) {
  torch::optim::Adam first(net->actor->parameters(), 3e-4), second(net->critic->parameters(), 1e-3);
  auto [logits, v] = net->forward(s);
  auto loss = -(torch::log_softmax(logits, 1) * (ret - v).detach()).mean();
  first.zero_grad();
  loss.backward();
  first.step();
  auto error = torch::mse_loss(v.squeeze(1), ret);
  second.zero_grad();
  error.backward();
  second.step();
}
void byGet(ActorCritic net, Tensor s, Tensor ret) {
  auto both = net->forward(s);
  torch::mse_loss(std::get<0>(both), ret).backward();
  torch::mse_loss(std::get<1>(both), ret).backward();
  Tensor logits, v;
  std::tie(logits, v) = net->forward(s);
  logits.mean().backward();
  v.mean().backward();
}
struct EnsembleImpl : nn::Module {
  EnsembleImpl() : a(register_module("a", nn::Linear(4, 2))), b(register_module("b", nn::Linear(4, 2))) {}
  std::vector<Tensor> forward(Tensor x) { return {a(x), b(x)}; }
  nn::Linear a, b;
};
TORCH_MODULE(Ensemble);
void ensemble(Ensemble net, Tensor x, Tensor t) {
  auto out = net->forward(x);
  torch::mse_loss(out[0], t).backward();
  torch::mse_loss(out.at(1), t).backward();
  auto more = net->forward(x);
  for (size_t i = 0; i < more.size(); ++i)
    torch::mse_loss(more[i], t).backward();
}
// Cut where gradients are off.
void cutByGuard(nn::LSTMCell cell, nn::Linear head, std::vector<Tensor> steps) {
  torch::optim::Adam optimizer(cell->parameters(), 1e-3);
  Tensor h = torch::zeros({1, 4}), c = torch::zeros({1, 4});
  for (auto &x : steps) {
    std::tie(h, c) = cell(x, std::make_tuple(h, c));
    auto loss = head(h).sum();
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    torch::NoGradGuard off;
    h = h.clone();
    c = c.clone();
  }
}
