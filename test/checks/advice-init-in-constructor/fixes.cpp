// There is no fix: where the scheme belongs, the author knows.
// RUN: cp %s %t.cpp
// RUN: %check torch-advice-init-in-constructor %t.cpp --fix --unsafe-fixes || true
// RUN: diff %s %t.cpp
#include <torch/torch.h>

namespace nn = torch::nn;

struct NetImpl : nn::Module {
  NetImpl() : fc(register_module("fc", nn::Linear(2, 2))) { nn::init::zeros_(fc->bias); }
  nn::Linear fc;
};
