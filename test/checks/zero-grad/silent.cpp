// RUN: %check torch-zero-grad %s | FileCheck %s --implicit-check-not='{{warning|error}}:' --allow-empty
#include <torch/torch.h>

#include <functional>
#include <memory>

using torch::Tensor;
namespace nn = torch::nn;
using SGD = torch::optim::SGD;

// --- cleared -------------------------------------------------------------------------------------

void first(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    optimizer.zero_grad();
    net(x).mean().backward();
    optimizer.step();
  }
}
// Every fourth round: gradients are meant to add up.
void accumulated(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    if (i % 4 == 3) {
      optimizer.step();
      optimizer.zero_grad();
    }
  }
}
void of_the_model(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net->zero_grad();
    net(x).mean().backward();
    optimizer.step();
  }
}
void clear(torch::optim::Optimizer &optimizer) { optimizer.zero_grad(); }
void by_a_helper(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  auto reset = [&] { clear(optimizer); };
  for (int i = 0; i < 100; ++i) {
    reset();
    net(x).mean().backward();
    optimizer.step();
  }
}
struct Cleared {
  explicit Cleared(SGD &optimizer) : optimizer(optimizer) { optimizer.zero_grad(); }
  SGD &optimizer;
};
void by_a_scope(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    Cleared scope(optimizer);
    net(x).mean().backward();
    optimizer.step();
  }
}
struct NetImpl : nn::Module {
  Tensor forward(Tensor x) {
    zero_grad();
    return layer(x);
  }
  nn::Linear layer{register_module("layer", nn::Linear(4, 4))};
};
TORCH_MODULE(Net);
void in_forward(Net net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    optimizer.step();
  }
}

// --- who knows -----------------------------------------------------------------------------------

void prepare(SGD &optimizer);
void out_of_view(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    prepare(optimizer);
    net(x).mean().backward();
    optimizer.step();
  }
}
void handed(nn::Linear net, Tensor x, std::function<void()> before) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    before();
    net(x).mean().backward();
    optimizer.step();
  }
}
void given(nn::Linear net, Tensor x, SGD &optimizer) { // of which parameters?
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    optimizer.step();
  }
}
// Of another model.
void other(nn::Linear net, nn::Linear frozen, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    frozen(x).mean().backward();
    optimizer.step();
  }
}
struct Own : torch::optim::SGD {
  using SGD::SGD;
  Tensor step(LossClosure closure = nullptr) override {
    Tensor loss = SGD::step(closure);
    zero_grad();
    return loss;
  }
};
void own(nn::Linear net, Tensor x) {
  Own optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward();
    optimizer.step();
  }
}

// --- no round before -----------------------------------------------------------------------------

void once(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  net(x).mean().backward();
  optimizer.step();
}
void one_round(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int epoch = 0; epoch < 1; ++epoch) {
    net(x).mean().backward();
    optimizer.step();
  }
}
void leaves(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  while (true) {
    net(x).mean().backward();
    optimizer.step();
    break;
  }
}
// A model and an optimizer a round.
void anew(Tensor x) {
  for (int seed = 0; seed < 10; ++seed) {
    nn::Linear net(4, 4);
    SGD optimizer(net->parameters(), 0.1);
    net(x).mean().backward();
    optimizer.step();
  }
}
void assigned(Tensor x) {
  nn::Linear net(4, 4);
  std::unique_ptr<SGD> optimizer;
  for (int seed = 0; seed < 10; ++seed) {
    net = nn::Linear(4, 4);
    optimizer = std::make_unique<SGD>(net->parameters(), 0.1);
    net(x).mean().backward();
    optimizer->step();
  }
}
// LBFGS clears in its closure.
void closure(nn::Linear net, Tensor x) {
  torch::optim::LBFGS optimizer(net->parameters());
  for (int i = 0; i < 100; ++i)
    optimizer.step([&] {
      optimizer.zero_grad();
      Tensor loss = net(x).mean();
      loss.backward();
      return loss;
    });
}

// --- cleared, and computed anew ------------------------------------------------------------------

void two_losses(nn::Linear net, Tensor x, SGD &optimizer, bool again) {
  net(x).mean().backward();
  optimizer.zero_grad();
  net(x).sum().backward();
  optimizer.step();
}
void of_another(nn::Linear net, Tensor x, SGD &optimizer, SGD &other) {
  net(x).mean().backward();
  other.zero_grad();
  optimizer.step();
}
void sometimes(nn::Linear net, Tensor x, SGD &optimizer, bool first) {
  net(x).mean().backward();
  if (first)
    optimizer.zero_grad();
  optimizer.step();
}
void more(nn::Linear net, Tensor x);
void by_others(nn::Linear net, Tensor x, SGD &optimizer) {
  net(x).mean().backward();
  optimizer.zero_grad();
  more(net, x);
  optimizer.step();
}

// --- of other objects ----------------------------------------------------------------------------

struct Agent {
  nn::Linear net{4, 4};
  SGD optimizer{net->parameters(), 0.1};
  void against(Agent &other, Tensor x) {
    other.net(net(x)).mean().backward();
    other.optimizer.zero_grad(); // what this loss left in the other
    optimizer.step();
  }
};
void gan(Agent &gen, Agent &disc, Tensor x) {
  disc.net(gen.net(x)).mean().backward();
  disc.optimizer.zero_grad();
  gen.optimizer.step();
}
void pointed(nn::Linear net, Tensor x, SGD &a, SGD &b) {
  SGD *o = &a;
  net(x).mean().backward();
  o->zero_grad();
  o = &b;
  o->step();
}

// --- a step in the last round alone --------------------------------------------------------------

void whole(nn::Linear net, const std::vector<Tensor> &batches) {
  SGD optimizer(net->parameters(), 0.1);
  optimizer.zero_grad();
  for (size_t i = 0; i < batches.size(); ++i) {
    net(batches[i]).mean().backward();
    if (i + 1 == batches.size())
      optimizer.step();
  }
}
void one_epoch(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  int epochs = 1;
  for (int e = 0; e < epochs; ++e) {
    net(x).mean().backward();
    optimizer.step();
  }
}

void until_done(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  bool done = false;
  while (!done) {
    net(x).mean().backward();
    optimizer.step();
    done = true;
  }
}

// --- cleared by what is not called by name -------------------------------------------------------

struct AtEnd {
  SGD &optimizer;
  ~AtEnd() { optimizer.zero_grad(); }
};
void by_a_destructor(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    AtEnd end{optimizer};
    net(x).mean().backward();
    optimizer.step();
  }
}
void by_the_library(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    auto scope = std::make_unique<Cleared>(optimizer);
    net(x).mean().backward();
    optimizer.step();
  }
  for (int i = 0; i < 100; ++i) {
    std::invoke(clear, optimizer);
    net(x).mean().backward();
    optimizer.step();
  }
}
struct Folds {
  nn::Linear net{4, 4};
  std::unique_ptr<SGD> optimizer;
  void reset() {
    net = nn::Linear(4, 4);
    optimizer = std::make_unique<SGD>(net->parameters(), 0.1);
  }
  void run(const std::vector<Tensor> &folds) {
    for (auto &x : folds) {
      reset();
      net(x).mean().backward();
      optimizer->step();
    }
  }
};
// Of the input alone.
void inputs(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    net(x).mean().backward({}, c10::nullopt, false, {x});
    optimizer.step();
  }
}
struct Scope {
  int id;
  AtEnd end;
};
void by_a_part(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  for (int i = 0; i < 100; ++i) {
    Scope scope{i, {optimizer}};
    net(x).mean().backward();
    optimizer.step();
  }
}
// Room is made for gradients and state, once.
void warm_up(nn::Linear net, Tensor x) {
  SGD optimizer(net->parameters(), 0.1);
  net(x).mean().backward();
  optimizer.zero_grad();
  optimizer.step();
}
