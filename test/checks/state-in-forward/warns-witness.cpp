// RUN: %check torch-state-in-forward %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// One of the callers brings a graph: by the holder, by a module's forward, through a local.
struct KeepImpl : nn::Module {
  Tensor forward(Tensor x) {
    last = x * 2;
    // CHECK: :[[@LINE-1]]:5: warning: 'last' keeps a tensor of forward with its graph
    return last;
  }
  Tensor last;
};
TORCH_MODULE(Keep);
struct KeepTooImpl : nn::Module {
  Tensor forward(Tensor x) {
    last = x * 2;
    // CHECK: :[[@LINE-1]]:5: warning: 'last' keeps a tensor of forward with its graph
    return last;
  }
  Tensor last;
};
TORCH_MODULE(KeepToo);
void run(Keep keep, KeepToo too, nn::Linear fc, Tensor x) {
  keep->forward(x.detach());
  keep(fc(x));
  Tensor y = torch::zeros({2});
  y = fc(y) + y;
  too->forward(y);
}

// The last store counts, and it has a graph; one way out keeps it; a loop; a helper that replaces only at times.
struct LastImpl : nn::Module {
  LastImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    second = Tensor();
    second = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'second' keeps a tensor of forward with its graph
    early = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'early' keeps a tensor of forward with its graph
    if (x.size(0) > 3)
      return x;
    early = Tensor();
    for (int i = 0; i < 3; ++i) {
      looped = fc(x);
      // CHECK: :[[@LINE-1]]:7: warning: 'looped' keeps a tensor of forward with its graph
      x = looped + 1;
    }
    helped = fc(x);
    // CHECK: :[[@LINE-1]]:5: warning: 'helped' keeps a tensor of forward with its graph
    finish(x);
    return x;
  }
  void finish(const Tensor &x) {
    if (x.size(0) > 1)
      helped = Tensor();
  }
  nn::Linear fc{nullptr};
  Tensor second, early, looped, helped;
};

// Stored in three places, one mistake.
struct ThriceImpl : nn::Module {
  ThriceImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    if (x.size(0) > 2)
      kept = fc(x);
      // CHECK: :[[@LINE-1]]:7: warning: 'kept' keeps a tensor of forward with its graph
      // CHECK: :[[@LINE-2]]:7: note: return it, store it detached
      // CHECK: :[[@LINE+2]]:7: note: stored here, too
    else if (x.size(0) > 1)
      kept = fc(x) + 1;
    else
      keep(fc(x));
    return kept;
  }
  void keep(const Tensor &t) { kept = t; }
  // CHECK: :[[@LINE-1]]:32: note: stored here, too
  nn::Linear fc{nullptr};
  Tensor kept;
};

// Floating types keep the gradient, and so does a helper that runs a layer.
struct FloatImpl : nn::Module {
  FloatImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  Tensor forward(Tensor x) {
    half = run(x).to(torch::kHalf);
    // CHECK: :[[@LINE-1]]:5: warning: 'half' keeps a tensor of forward with its graph
    return half;
  }
  Tensor run(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
  Tensor half;
};
