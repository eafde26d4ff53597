// RUN: %check torch-advice-module-api-shadow %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

struct ShadowImpl : nn::Module {
  nn::ModuleList modules;
  // CHECK: :[[@LINE-1]]:18: warning: member 'modules' hides 'torch::nn::Module::modules()': code that calls it on a 'ShadowImpl' does not compile, and generic code sees another thing [torch-advice-module-api-shadow]
  std::string name;
  // CHECK: :[[@LINE-1]]:15: warning: member 'name' hides 'torch::nn::Module::name()'
  void train(int epochs);
  // CHECK: :[[@LINE-1]]:8: warning: 'train' hides 'torch::nn::Module::train': the library's function cannot be called on a 'ShadowImpl', and calls through the base run the library's
  std::vector<torch::Tensor> parameters() const;
  // CHECK: :[[@LINE-1]]:30: warning: 'parameters' hides
  torch::Tensor forward(torch::Tensor x);
};

struct FowardImpl : nn::Module {
  torch::Tensor foward(torch::Tensor x);
  // CHECK: :[[@LINE-1]]:17: warning: 'foward' looks like a misspelt 'forward': a holder's call operator and 'Sequential' do not find it
};
struct UpperImpl : nn::Cloneable<UpperImpl> {
  void reset() override;
  torch::Tensor Forward(torch::Tensor x);
  // CHECK: :[[@LINE-1]]:17: warning: 'Forward' looks like a misspelt 'forward'
};
