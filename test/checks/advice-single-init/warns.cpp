// RUN: %check torch-advice-single-init %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

void everyParameter(nn::Module &m) {
  for (auto &p : m.parameters())
    nn::init::xavier_uniform_(p);
  // CHECK: :[[@LINE-1]]:5: warning: 'xavier_uniform_' runs on every parameter: it throws at the first bias or norm weight, which has one dimension [torch-advice-single-init]
  for (auto &item : m.named_parameters()) {
    item.value().data().normal_(0, 0.02);
    // CHECK: :[[@LINE-1]]:5: warning: 'normal_' runs on every parameter: biases and norm weights are drawn at random too
  }
}

void everyLayer(nn::Module &net) {
  for (auto &m : net.modules()) {
    if (auto *l = m->as<nn::Linear>())
      nn::init::normal_(l->weight, 0, 0.02);
    // CHECK: :[[@LINE+2]]:7: warning: the same 'normal_' draws the weights of 'Linear' and 'Embedding': layers of different fan and role get one scale
    else if (auto *e = m->as<nn::Embedding>())
      nn::init::normal_(e->weight, 0, 0.02);
    // CHECK: :[[@LINE-4]]:7: note: and here
  }
}

struct TanhImpl : nn::Module {
  TanhImpl() : fc(register_module("fc", nn::Linear(2, 2))) {
    nn::init::kaiming_normal_(fc->weight);
    // CHECK: :[[@LINE-1]]:5: warning: 'kaiming_normal_' scales for the ReLU family, but 'TanhImpl' only uses 'Tanh': its activations saturate; 'xavier_normal_' fits
  }
  torch::Tensor forward(torch::Tensor x) { return torch::tanh(fc(x)); }
  nn::Linear fc;
};
