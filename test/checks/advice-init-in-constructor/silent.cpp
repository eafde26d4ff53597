// RUN: %check torch-advice-init-in-constructor %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

// In reset() or reset_parameters(), which anybody can call again.
struct ResetImpl : nn::Cloneable<ResetImpl> {
  ResetImpl() { reset(); }
  void reset() override {
    fc = register_module("fc", nn::Linear(2, 2));
    reset_parameters();
  }
  void reset_parameters() {
    nn::init::xavier_uniform_(fc->weight);
    nn::init::zeros_(fc->bias);
  }
  nn::Linear fc{nullptr};
};
// A name of the option's default list.
struct NamedImpl : nn::Module {
  NamedImpl() : fc(register_module("fc", nn::Linear(2, 2))) { init_weights(); }
  nn::Linear fc;

private:
  void init_weights() { nn::init::xavier_uniform_(fc->weight); }
};
// A public function that only initialises can be run again, whatever its name.
struct PublicImpl : nn::Module {
  PublicImpl() : fc(register_module("fc", nn::Linear(2, 2))) { draw(); }
  void draw() { nn::init::xavier_uniform_(fc->weight); }
  nn::Linear fc;
};
// Tensors before they become parameters, buffers, tables.
struct TensorsImpl : nn::Module {
  TensorsImpl() {
    auto table = torch::empty({4, 4});
    nn::init::normal_(table);
    w = register_parameter("w", table);
    v = register_parameter("v", nn::init::xavier_uniform_(torch::empty({4, 4})));
    mean = register_buffer("mean", torch::zeros({4}));
    mean.fill_(1);
    auto mask = torch::ones({4, 4});
    mask.zero_();
    one = register_parameter("one", torch::ones({4}));
  }
  torch::Tensor w, v, mean, one;
};
// From outside: main, apply, another class's loop.
struct PlainImpl : nn::Module {
  PlainImpl() : fc(register_module("fc", nn::Linear(2, 2))) {}
  nn::Linear fc;
};
void initialise(nn::Module &m) {
  if (auto *l = m.as<nn::Linear>())
    nn::init::normal_(l->weight);
}
int main() {
  nn::Linear net(2, 1);
  net->weight.data().normal_(0, 0.01);
  PlainImpl plain;
  plain.apply(initialise);
  for (auto &m : plain.modules())
    initialise(*m);
}
// An apply that initialises nothing; calculate_gain; changes that are no initialisation.
struct OtherImpl : nn::Module {
  OtherImpl() : fc(register_module("fc", nn::Linear(2, 2))) {
    apply([](nn::Module &m) { m.train(false); });
    gain = nn::init::calculate_gain(torch::kReLU);
    torch::NoGradGuard guard;
    fc->weight.mul_(0.5);
    fc->bias.clamp_(0, 1);
  }
  nn::Linear fc;
  double gain;
};
// Constructors of classes that are no modules.
struct Trainer {
  explicit Trainer(nn::Linear l) { nn::init::zeros_(l->bias); }
};
