// RUN: %check torch-clone-unsupported %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

// torch/nn/parallel/data_parallel.h, which wants CUDA's headers.
namespace torch::nn::parallel {
template <typename Module> std::vector<Module> replicate(const Module &, const std::vector<torch::Device> &);
template <typename Module> torch::Tensor data_parallel(Module, torch::Tensor, std::vector<torch::Device> devices = {});
} // namespace torch::nn::parallel

namespace nn = torch::nn;

struct PlainImpl : nn::Module {
  nn::Linear fc{nullptr};
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
};
TORCH_MODULE(Plain);

void by_holder(Plain net) {
  auto copy = net->clone();
  // CHECK: :[[@LINE-1]]:20: warning: 'PlainImpl' has no clone() but torch::nn::Module's, which throws [torch-clone-unsupported]
  // CHECK: :12:8: note: derive it from 'torch::nn::Cloneable' and register in reset(), which the constructor calls
}
void by_pointer(const std::shared_ptr<PlainImpl> &net, PlainImpl &object) {
  auto copy = std::dynamic_pointer_cast<PlainImpl>(net->clone(torch::kCPU));
  // CHECK: :[[@LINE-1]]:57: warning: 'PlainImpl' has no clone()
  object.clone();
  // CHECK: :[[@LINE-1]]:10: warning: 'PlainImpl' has no clone()
}
torch::Tensor parallel(Plain net, torch::Tensor x) {
  auto replicas = nn::parallel::replicate(net, std::vector<torch::Device>{{torch::kCUDA, 0}, {torch::kCUDA, 1}});
  // CHECK: :[[@LINE-1]]:19: warning: 'PlainImpl' has no clone() but torch::nn::Module's, which throws: so does this as soon as there are two devices
  return nn::parallel::data_parallel(net, x);
  // CHECK: :[[@LINE-1]]:10: warning: 'PlainImpl' has no clone() but torch::nn::Module's, which throws: so does this
}

struct LateImpl : nn::Cloneable<LateImpl> {
  LateImpl() { fc = register_module("fc", nn::Linear(1, 1)); }
  // CHECK: :[[@LINE-1]]:21: warning: registered by the constructor and not by reset(): clone() of 'LateImpl' throws
  void reset() override {}
  nn::Linear fc{nullptr};
};

struct GrowingImpl : nn::Cloneable<GrowingImpl> {
  GrowingImpl() { reset(); }
  void reset() override { add(); }
  void add() {
    layers.push_back(register_module("l", nn::Linear(1, 1)));
    // CHECK: :[[@LINE-1]]:12: warning: reset() adds to 'layers', which a clone has from the original: it keeps the original's modules and runs them, too
  }
  std::vector<nn::Linear> layers;
};

struct ChainImpl : nn::Cloneable<ChainImpl> {
  ChainImpl() { reset(); }
  void reset() override {
    chain->push_back(nn::Linear(1, 1));
    // CHECK: :[[@LINE-1]]:12: warning: reset() adds to 'chain'
    register_module("chain", chain);
  }
  nn::Sequential chain;
};
