// Models that are run, and of which something else is asked, too.
// RUN: %check torch-unregistered-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct Moved : nn::Module {
  Moved() : fc(4, 4) {}
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
};
struct MovesItself : nn::Module {
  MovesItself() : fc(4, 4) { to(torch::kCUDA); }
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
};
struct Given : nn::Module {
  Given() : fc(4, 4) {}
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
};
struct Base : nn::Module {
  Base() : fc(4, 4) {}
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
};
struct Derived : Base {};
struct Returned : nn::Module {
  Returned() : fc(4, 4) {}
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
};
std::shared_ptr<Returned> make() { return std::make_shared<Returned>(); }
struct Never : nn::Module {
  Never() : fc(4, 4) {}
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc;
  // CHECK: :[[@LINE-1]]:14: warning: 'fc' is never registered
};

void restore(nn::Module &module);

Tensor run(Tensor x) {
  Moved moved;
  moved.to(torch::kCUDA);
  MovesItself itself;
  Given given;
  restore(given);
  Base base;
  Returned returned;
  return moved.forward(x) + itself.forward(x) + given.forward(x) + base.forward(x) + returned.forward(x);
}
