// RUN: %check torch-graph-cycle %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

using torch::Tensor;
using torch::autograd::AutogradContext;

void backwards(Tensor x) {
  auto y = x * x;
  y.backward({}, /*retain_graph=*/true, /*create_graph=*/true);
  // CHECK: :[[@LINE-1]]:3: warning: with 'create_graph', backward() stores gradients with their graph in the leaves, which that graph holds: they keep each other alive until the gradients are reset [torch-graph-cycle]
  // CHECK: :[[@LINE-2]]:3: note: 'torch::autograd::grad' returns them instead
  const bool create_graph = true;
  y.sum().backward({}, c10::nullopt, create_graph);
  // CHECK: :[[@LINE-1]]:3: warning: with 'create_graph'
  torch::autograd::backward({y}, {}, true, true);
  // CHECK: :[[@LINE-1]]:3: warning: with 'create_graph'
}

struct Square : torch::autograd::Function<Square> {
  static Tensor forward(AutogradContext *ctx, Tensor x) {
    auto y = x * x;
    ctx->saved_data["y"] = y;
    // CHECK: :[[@LINE-1]]:5: warning: 'y' is an output of this function, and its graph holds 'saved_data': they keep each other alive for good
    // CHECK: :[[@LINE+1]]:5: note: returned here; 'save_for_backward' knows outputs
    return y;
  }
  static torch::autograd::tensor_list backward(AutogradContext *ctx, torch::autograd::tensor_list gradients) {
    return {gradients[0] * ctx->saved_data["y"].toTensor()};
  }
};
struct Pair : torch::autograd::Function<Pair> {
  static torch::autograd::tensor_list forward(AutogradContext *ctx, Tensor x) {
    auto y = x * x;
    auto z = x + 1;
    ctx->saved_data["z"] = z;
    // CHECK: :[[@LINE-1]]:5: warning: 'z' is an output
    return {y, z};
  }
  static torch::autograd::tensor_list backward(AutogradContext *, torch::autograd::tensor_list gradients) {
    return {gradients[0]};
  }
};
