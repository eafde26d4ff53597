// RUN: %check torch-advice-dead-module %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

struct OneImpl : nn::Module {
  OneImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr}, old{nullptr};
  // CHECK: :[[@LINE-1]]:27: warning: nothing here assigns or reads 'old': it is null in every object [torch-advice-dead-module]
};

// One finding a class.
struct SeveralImpl : nn::Module {
  SeveralImpl() : c(nullptr) { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) { return fc->forward(x); }
  nn::Linear fc{nullptr};
  nn::Linear a{nullptr};
  // CHECK: :[[@LINE-1]]:14: warning: nothing here assigns or reads 'a' and other members: they are null in every object
  nn::BatchNorm1d b = nullptr;
  // CHECK: :[[@LINE-1]]:19: note: and so is 'b'
  std::shared_ptr<nn::LinearImpl> c;
  // CHECK: :[[@LINE-1]]:35: note: and so is 'c'
};
