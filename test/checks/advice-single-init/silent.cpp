// RUN: %check torch-advice-single-init %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

// A loop over parameters that tells them apart.
void apart(nn::Module &m) {
  for (auto &p : m.parameters())
    if (p.dim() > 1)
      nn::init::xavier_uniform_(p);
  for (auto &p : m.parameters()) {
    if (p.dim() < 2)
      continue;
    nn::init::xavier_uniform_(p);
  }
  for (auto &item : m.named_parameters()) {
    if (item.key().find("weight") != std::string::npos)
      nn::init::normal_(item.value());
    else
      nn::init::zeros_(item.value());
  }
  // No drawing: constants, copies, clipping.
  torch::NoGradGuard guard;
  for (auto &p : m.parameters()) {
    p.zero_();
    p.clamp_(-1, 1);
    p.mul_(0.9);
    nn::init::zeros_(p);
  }
  // Noise for tensors of one's own.
  std::vector<torch::Tensor> noise{torch::zeros({2})};
  for (auto &n : noise)
    n.normal_();
}
// A scheme for each kind of layer; one kind only; norms set to constants.
void schemes(nn::Module &net) {
  for (auto &m : net.modules()) {
    if (auto *l = m->as<nn::Linear>())
      nn::init::xavier_uniform_(l->weight);
    else if (auto *c = m->as<nn::Conv2d>())
      nn::init::kaiming_normal_(c->weight, 0, torch::kFanOut, torch::kReLU);
    else if (auto *b = m->as<nn::BatchNorm2d>())
      nn::init::ones_(b->weight);
  }
  for (auto &m : net.modules())
    if (auto *l = m->as<nn::Linear>())
      nn::init::normal_(l->weight, 0, 0.02);
  for (auto &m : net.modules()) {
    if (auto *c = m->as<nn::Conv2d>())
      nn::init::normal_(c->weight, 0.0, 0.02);
    else if (auto *b = m->as<nn::BatchNorm2d>())
      nn::init::normal_(b->weight, 1.0, 0.02);
  }
}
// A gain that fits, one that another activation needs, activations that are not in view.
struct ReluImpl : nn::Module {
  ReluImpl() : fc(register_module("fc", nn::Linear(2, 2))) { nn::init::kaiming_normal_(fc->weight); }
  torch::Tensor forward(torch::Tensor x) { return torch::tanh(torch::relu(fc(x))); }
  nn::Linear fc;
};
struct XavierImpl : nn::Module {
  XavierImpl() : fc(register_module("fc", nn::Linear(2, 2))) { nn::init::xavier_normal_(fc->weight); }
  torch::Tensor forward(torch::Tensor x) { return torch::tanh(fc(x)); }
  nn::Linear fc;
};
struct LinearOnlyImpl : nn::Module {
  LinearOnlyImpl() : fc(register_module("fc", nn::Linear(2, 2))) { nn::init::kaiming_normal_(fc->weight); }
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  nn::Linear fc;
};
struct BlocksImpl : nn::Module {
  BlocksImpl() : fc(register_module("fc", nn::Linear(2, 2))) { nn::init::kaiming_normal_(fc->weight); }
  torch::Tensor forward(torch::Tensor x) { return torch::sigmoid(fc(block->forward(x))); }
  nn::Linear fc;
  std::shared_ptr<ReluImpl> block;
};
