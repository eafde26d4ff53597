// RUN: %check torch-graph-cycle %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

using torch::Tensor;
using torch::autograd::AutogradContext;

// No graph of gradients, or one that is returned.
void plain(Tensor x, bool flag) {
  auto y = x * x;
  y.backward();
  y.backward({}, /*retain_graph=*/true);
  y.backward({}, true, false);
  y.backward({}, true, flag);
  torch::autograd::grad({y}, {x}, {}, true, true);
}

// Gradients are reset, at the top of the next round as well.
void reset(Tensor x, torch::optim::SGD &optimizer) {
  for (int i = 0; i < 10; ++i) {
    optimizer.zero_grad();
    (x * x).backward({}, true, true);
  }
}
void undefined(Tensor x) {
  (x * x).backward({}, true, true);
  x.mutable_grad() = Tensor();
}
void pointerReset(Tensor x) {
  (x * x).backward({}, true, true);
  x.mutable_grad().reset();
}
void detached(Tensor x) {
  (x * x).backward({}, true, true);
  x.grad().detach_();
}

// Outputs where they belong, inputs, detached ones, numbers.
struct Saved : torch::autograd::Function<Saved> {
  static Tensor forward(AutogradContext *ctx, Tensor x, double factor) {
    auto y = x * factor;
    auto mask = x > 0;
    ctx->save_for_backward({x, y});
    ctx->saved_data["factor"] = factor;
    ctx->saved_data["x"] = x;
    ctx->saved_data["mask"] = mask;
    ctx->saved_data["y"] = y.detach();
    return y;
  }
  static torch::autograd::tensor_list backward(AutogradContext *ctx, torch::autograd::tensor_list gradients) {
    return {gradients[0] * ctx->saved_data["factor"].toDouble(), Tensor()};
  }
};
