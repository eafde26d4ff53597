// RUN: %check torch-dangling-tensor-memory %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/script.h>
#include <torch/torch.h>

using torch::Tensor;

// References, pointers and iterators into a list that ends with the statement.
void parameters(torch::nn::Linear net) {
  auto &weight = net->named_parameters()["weight"];
  // CHECK: :[[@LINE-1]]:9: warning: 'weight' leads into what 'named_parameters' returns, which is destroyed at the end of this statement, before it is used; name what it returns [torch-dangling-tensor-memory]
  // CHECK: :[[@LINE+4]]:3: note: used here
  // CHECK: :[[@LINE-3]]:8: note: a copy of the handle keeps the tensor
  const Tensor &first = net->parameters()[0];
  // CHECK: :[[@LINE-1]]:17: warning: 'first' leads into what 'parameters' returns
  weight.mul_(first);
  Tensor *found = net->named_parameters().find("bias");
  // CHECK: :[[@LINE-1]]:11: warning: 'found' leads into what 'named_parameters' returns
  if (found)
    found->zero_();
  auto each = net->named_buffers().begin();
  // CHECK: :[[@LINE-1]]:8: warning: 'each' leads into what 'named_buffers' returns
  std::cout << each->key();
  auto &value = net->named_parameters().front().value();
  // CHECK: :[[@LINE-1]]:9: warning: 'value' leads into what 'named_parameters' returns
  auto &same = *net->named_parameters().find("weight");
  // CHECK: :[[@LINE-1]]:9: warning: 'same' leads into what 'named_parameters' returns
  std::cout << value << same;
}

// Loops: what the range is made of ends before the first round.
void loops(torch::nn::Linear net, torch::jit::Module &module, std::vector<torch::jit::IValue> inputs) {
  for (const auto &item : net->named_parameters().items())
    // CHECK: :[[@LINE-1]]:20: warning: 'item' leads into what 'named_parameters' returns, which is destroyed before the first round of this loop
    std::cout << item.key();
  const auto &results = module.forward(inputs).toTuple()->elements();
  // CHECK: :[[@LINE-1]]:15: warning: 'results' leads into what 'forward' returns
  std::cout << results[0].toTensor();
  for (const auto &result : module.forward(inputs).toTuple()->elements())
    // CHECK: :[[@LINE-1]]:20: warning: 'result' leads into what 'forward' returns
    std::cout << result.toTensor();
}

// Other functions that return a list.
void pieces(const Tensor &x) {
  auto use = [&] {
    auto &half = x.chunk(2)[0];
    // CHECK: :[[@LINE-1]]:11: warning: 'half' leads into what 'chunk' returns
    return half.sum();
  };
  std::cout << use();
}
