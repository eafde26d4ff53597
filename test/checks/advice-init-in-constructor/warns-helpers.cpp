// RUN: %check torch-advice-init-in-constructor %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Helpers that are handed a dictionary of tensors or a module, and initialise what is in it.
static void byDictionary(torch::OrderedDict<std::string, Tensor> params) {
  for (auto &item : params)
    if (item.key().find("weight") != std::string::npos)
      nn::init::xavier_uniform_(item.value());
}
static void byReference(const torch::OrderedDict<std::string, Tensor> &params) {
  torch::NoGradGuard no_grad;
  params["weight"].normal_(0, 0.02);
}
static void byHolder(nn::Linear layer) { nn::init::zeros_(layer->bias); }
static void byModule(nn::Module &module) {
  for (auto &m : module.modules(false))
    for (auto &p : m->parameters())
      nn::init::normal_(p);
}
struct Initialiser {
  static void run(nn::Conv2dImpl &conv) { conv.weight.data().fill_(0.5); }
};

struct DictionaryImpl : nn::Module {
  DictionaryImpl() : fc(register_module("fc", nn::Linear(2, 2))) { byDictionary(named_parameters()); }
  // CHECK: :[[@LINE-1]]:68: warning: the weights are initialised by a constructor of 'DictionaryImpl'
  nn::Linear fc;
};
struct ReferenceImpl : nn::Module {
  ReferenceImpl() : fc(register_module("fc", nn::Linear(2, 2))) { byReference(fc->named_parameters()); }
  // CHECK: :[[@LINE-1]]:67: warning: the weights are initialised by a constructor of 'ReferenceImpl'
  nn::Linear fc;
};
struct HolderImpl : nn::Module {
  HolderImpl() : fc(register_module("fc", nn::Linear(2, 2))) { byHolder(fc); }
  // CHECK: :[[@LINE-1]]:64: warning: the weights are initialised by a constructor of 'HolderImpl'
  nn::Linear fc;
};
struct ModuleImpl : nn::Module {
  ModuleImpl() : fc(register_module("fc", nn::Linear(2, 2))) { byModule(*this); }
  // CHECK: :[[@LINE-1]]:64: warning: the weights are initialised by a constructor of 'ModuleImpl'
  nn::Linear fc;
};
struct StaticImpl : nn::Module {
  StaticImpl() : conv(register_module("conv", nn::Conv2d(1, 1, 1))) { Initialiser::run(*conv); }
  // CHECK: :[[@LINE-1]]:71: warning: the weights are initialised by a constructor of 'StaticImpl'
  nn::Conv2d conv;
};
