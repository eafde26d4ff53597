// RUN: %check torch-discarded-result %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// A name for another object's tensor.
void zeroGradient(Tensor w, double rate) {
  auto gradient = w.grad();
  torch::NoGradGuard guard;
  w -= rate * gradient;
  gradient = torch::zeros_like(gradient);
  // CHECK: :[[@LINE-1]]:3: warning: this gives the name 'gradient' another tensor, which nothing reads: 'w.grad()' stays as it is [torch-discarded-result]
  // CHECK: :[[@LINE-2]]:3: note: 'gradient.copy_(…)', or an operation in place, writes into the tensor itself
}
struct Table {
  void reset(int64_t row) {
    Tensor found = rows.select(0, row);
    found = torch::zeros({4});
    // CHECK: :[[@LINE-1]]:5: warning: this gives the name 'found' another tensor, which nothing reads: 'rows.select(0, row)' stays as it is
    Tensor weight = fc->weight;
    weight = weight.clamp(-1, 1);
    // CHECK: :[[@LINE-1]]:5: warning: this gives the name 'weight' another tensor, which nothing reads: 'fc->weight' stays as it is
    auto first = all[0];
    if (row > 0)
      first = first + 1;
    // CHECK: :[[@LINE-1]]:7: warning: this gives the name 'first' another tensor, which nothing reads: 'all[0]' stays as it is
  }
  Tensor rows;
  nn::Linear fc{nullptr};
  std::vector<Tensor> all;
};

// The function's own handle.
void scale(Tensor x, double by) { x = x * by; }
// CHECK: :[[@LINE-1]]:35: warning: this gives the name 'x' another tensor, which nothing reads: the caller's tensor stays as it is
int64_t fill(Tensor out, const Tensor &a) {
  out = a.add(1);
  // CHECK: :[[@LINE-1]]:3: warning: this gives the name 'out' another tensor, which nothing reads
  return a.numel();
}

// A copy of each element, and elements of a list that ends with the loop.
void decay(nn::Linear net, std::vector<Tensor> &tensors) {
  torch::NoGradGuard guard;
  for (auto w : tensors)
    w = w * 0.9;
  // CHECK: :[[@LINE-1]]:5: warning: this gives the name 'w' another tensor, which nothing reads: the elements of 'tensors' stay as they are
  for (auto &w : net->parameters())
    w = w.mul(0.9);
  // CHECK: :[[@LINE-1]]:5: warning: this gives the name 'w' another tensor, which nothing reads: the elements of 'net->parameters()' stay as they are
  auto each = [](Tensor t) { t = torch::relu(t); };
  // CHECK: :[[@LINE-1]]:30: warning: this gives the name 't' another tensor, which nothing reads
  each(net->weight);
}
