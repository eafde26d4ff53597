// RUN: %check torch-discarded-result %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <algorithm>
#include <iostream>
#include <vector>

namespace F = torch::nn::functional;
using torch::Tensor;

Tensor members(Tensor x, torch::Device device) {
  x.to(device);
  // CHECK: :[[@LINE-1]]:3: warning: 'to' leaves 'x' as it is, and its result is thrown away [torch-discarded-result]
  // CHECK: :[[@LINE-2]]:3: note: assign it: 'x = x.to(device)'
  // CHECK: :[[@LINE+1]]:3: note: used here as it was
  x.clamp(0, 1);
  // CHECK: :[[@LINE-1]]:3: warning: 'clamp' leaves 'x' as it is
  // CHECK: :[[@LINE-2]]:3: note: assign it: 'x = x.clamp(0, 1)', or call 'clamp_', which works in place
  x.squeeze(0);
  // CHECK: :[[@LINE-1]]:3: warning: 'squeeze' leaves 'x' as it is
  x.detach();
  // CHECK: :[[@LINE-1]]:3: warning: 'detach' leaves 'x' as it is
  x.contiguous();
  // CHECK: :[[@LINE-1]]:3: warning: 'contiguous' leaves 'x' as it is
  x.topk(2); // a tuple: nothing to assign
  // CHECK: :[[@LINE-1]]:3: warning: 'topk' leaves 'x' as it is
  // CHECK-NOT: note: assign it
  // CHECK: :[[@LINE+1]]:10: note: used here as it was
  return x;
}

Tensor functions(Tensor x) {
  torch::relu(x);
  // CHECK: :[[@LINE-1]]:3: warning: 'relu' leaves 'x' as it is
  // CHECK: :[[@LINE-2]]:3: note: assign it: 'x = torch::relu(x)', or call 'relu_', which works in place
  at::clamp(x, 0, 1);
  // CHECK: :[[@LINE-1]]:3: warning: 'clamp' leaves 'x' as it is
  F::softmax(x, 0);
  // CHECK: :[[@LINE-1]]:3: warning: 'softmax' leaves 'x' as it is
  F::dropout(x, F::DropoutFuncOptions().p(0.5));
  // CHECK: :[[@LINE-1]]:3: warning: 'dropout' leaves 'x' as it is
  torch::fft::rfft(x);
  // CHECK: :[[@LINE-1]]:3: warning: 'rfft' leaves 'x' as it is
  torch::cat({x, x});
  // CHECK: :[[@LINE-1]]:3: warning: 'cat' leaves 'x' as it is
  return x;
}

Tensor operators(Tensor x, Tensor y) {
  x + 1;
  // CHECK: :[[@LINE-1]]:{{[35]}}: warning: 'operator+' leaves 'x' as it is
  x == y; // an assignment was meant
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'operator==' leaves 'x' as it is
  return x;
}

// Operations on views, and after operations in place.
Tensor chains(Tensor x) {
  x.select(0, 1).clamp(0, 1);
  // CHECK: :[[@LINE-1]]:3: warning: 'clamp' leaves 'x' as it is
  // CHECK: :[[@LINE-2]]:3: note: 'clamp_' works in place
  x.mul_(2).relu();
  // CHECK: :[[@LINE-1]]:3: warning: 'relu' leaves 'x' as it is
  return x;
}

// Tensors that live on, whether the function uses them or not.
struct Batch {
  Tensor data, target;
};
struct Owner {
  Tensor state;
  std::vector<Tensor> all;
  void move(torch::Device device) {
    state.to(device);
    // CHECK: :[[@LINE-1]]:5: warning: 'to' leaves 'state' as it is
    for (auto &t : all)
      t.to(device);
    // CHECK: :[[@LINE-1]]:7: warning: 'to' leaves 't' as it is
    for (auto t : all) // a copy is the same tensor
      t.detach();
    // CHECK: :[[@LINE-1]]:7: warning: 'detach' leaves 't' as it is
    // CHECK: :[[@LINE-2]]:7: note: 'detach_' works in place
    for (size_t i = 0; i < all.size(); ++i)
      all[i].cuda();
    // CHECK: :[[@LINE-1]]:7: warning: 'cuda' leaves 'all[i]' as it is
    std::for_each(all.begin(), all.end(), [](Tensor &t) { t.clamp(0, 1); });
    // CHECK: :[[@LINE-1]]:59: warning: 'clamp' leaves 't' as it is
  }
};
void normalise(Tensor &x) {
  x.div(255);
  // CHECK: :[[@LINE-1]]:3: warning: 'div' leaves 'x' as it is
}
void normalise(Batch *batch) {
  batch->data.div(255);
  // CHECK: :[[@LINE-1]]:3: warning: 'div' leaves 'batch->data' as it is
}
Tensor global;
void moveGlobal() {
  global.cuda();
  // CHECK: :[[@LINE-1]]:3: warning: 'cuda' leaves 'global' as it is
}

// Where statements may stand.
Tensor statements(Tensor x, int kind) {
  auto y = torch::ones({2});
  if (kind)
    y.unsqueeze(0);
  // CHECK: :[[@LINE-1]]:5: warning: 'unsqueeze' leaves 'y' as it is
  else
    y.squeeze(0);
  // CHECK: :[[@LINE-1]]:5: warning: 'squeeze' leaves 'y' as it is
  switch (kind) {
  case 1:
    y.t();
    // CHECK: :[[@LINE-1]]:5: warning: 't' leaves 'y' as it is
    break;
  default:
    y.abs();
    // CHECK: :[[@LINE-1]]:5: warning: 'abs' leaves 'y' as it is
  }
  y.exp(), y.log();
  // CHECK: :[[@LINE-1]]:3: warning: 'exp' leaves 'y' as it is
  // CHECK: :[[@LINE-2]]:12: warning: 'log' leaves 'y' as it is
  kind ? y.sin() : y.cos();
  // CHECK: :[[@LINE-1]]:10: warning: 'sin' leaves 'y' as it is
  // CHECK: :[[@LINE-2]]:20: warning: 'cos' leaves 'y' as it is
  return y;
}

// A program in a try block uses what it believes to have changed.
int whole(const std::string &path) {
  try {
    auto x = torch::ones({2});
    x.to(torch::kCUDA);
    // CHECK: :[[@LINE-1]]:5: warning: 'to' leaves 'x' as it is
    std::cout << x;
  } catch (const c10::Error &) {
    return 1;
  }
  return 0;
}

// Time is taken around the loop, not around the statement.
void epoch(std::vector<Batch> &batches, torch::nn::Linear net) {
  auto start = std::chrono::steady_clock::now();
  for (auto &batch : batches) {
    batch.data.to(torch::kCUDA);
    // CHECK: :[[@LINE-1]]:5: warning: 'to' leaves 'batch.data' as it is
    net->forward(batch.data);
  }
  std::cout << (std::chrono::steady_clock::now() - start).count();
}

// Thrown away one after the other, and the tensor used in the end.
Tensor oneByOne(Tensor x) {
  Tensor y = x.clone();
  y.squeeze(0);
  // CHECK: :[[@LINE-1]]:3: warning: 'squeeze' leaves 'y' as it is
  // CHECK: :[[@LINE+1]]:3: note: used here as it was
  y.clamp(0, 1);
  // CHECK: :[[@LINE-1]]:3: warning: 'clamp' leaves 'y' as it is
  // CHECK: :[[@LINE+1]]:10: note: used here as it was
  return y;
}

// What lies in a list of LibTorch belongs to the module.
void polyak(const torch::nn::Module &source, torch::nn::Module &target, double tau) {
  torch::NoGradGuard guard;
  const auto from = source.named_parameters();
  auto into = target.named_parameters();
  for (auto &entry : into)
    entry.value().mul(1.0 - tau).add(from[entry.key()], tau);
    // CHECK: :[[@LINE-1]]:5: warning: {{.*}}'add'
  for (const auto &entry : target.named_buffers())
    entry.value().zero_().to(torch::kDouble);
    // CHECK: :[[@LINE-1]]:5: warning: {{.*}}'to'
}

// The flag of a tensor that ends with the statement.
Tensor flags(torch::nn::Linear net, Tensor image) {
  image.to(torch::kFloat64).set_requires_grad(true);
  // CHECK: :[[@LINE-1]]:3: warning: 'set_requires_grad' leaves 'image' as it is, and its result is thrown away
  // CHECK: note: used here as it was
  for (auto &weight : net->parameters())
    weight.detach().requires_grad_(false);
    // CHECK: :[[@LINE-1]]:5: warning: 'requires_grad_' leaves 'weight' as it is
  return image;
}

// Handed to an algorithm, used in the lambda itself, and computed after something else in a try block.
template <typename F> void run(F f) { f(); }
Tensor handed(std::vector<Tensor> &all, Tensor x) {
  std::for_each(all.begin(), all.end(), [](Tensor &each) { each.relu(); });
  // CHECK: :[[@LINE-1]]:60: warning: 'relu' leaves 'each' as it is
  run([&] {
    x.relu();
    // CHECK: :[[@LINE-1]]:5: warning: 'relu' leaves 'x' as it is
    std::cout << x;
  });
  try {
    std::cout << x.sum();
    x.view({2, 2});
    // CHECK: :[[@LINE-1]]:5: warning: 'view' leaves 'x' as it is
    std::cout << x;
  } catch (const c10::Error &) {
  }
  return x;
}
