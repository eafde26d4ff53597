// RUN: %check torch-stale-registration %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// A registered buffer or parameter is rebound: in forward, in a method, through this.
struct OwnImpl : nn::Module {
  OwnImpl() {
    running_mean = register_buffer("running_mean", torch::zeros({2}));
    weight = register_parameter("weight", torch::ones({2}));
    register_buffer("table", table);
  }
  Tensor forward(Tensor x) {
    if (is_training())
      running_mean = running_mean * 0.9 + x.mean(0) * 0.1;
    // CHECK: :[[@LINE-1]]:7: warning: 'running_mean' is registered and rebound here: save() and to() keep the old tensor, which no longer changes [torch-stale-registration]
    // CHECK: note: {{.*}}--unsafe-fixes
    return (x - running_mean) * weight + table;
  }
  void load(Tensor w) {
    weight = w;
    // CHECK: :[[@LINE-1]]:5: warning: 'weight' is registered and rebound here: save(), to() and the optimizer keep the old tensor
    this->table = w.clone();
    // CHECK: :[[@LINE-1]]:5: warning: 'table' is registered and rebound here
  }
  Tensor running_mean, weight, table = torch::ones({2});
};

// In the constructor, but after the registration.
struct AfterImpl : nn::Module {
  AfterImpl() {
    weight = register_parameter("weight", torch::randn({2, 2}));
    weight = weight * 0.02;
    // CHECK: :[[@LINE-1]]:5: warning: 'weight' is registered and rebound here
  }
  Tensor forward(Tensor x) { return x.mm(weight); }
  Tensor weight;
};

// In a helper of the class, on one path.
struct HelperImpl : nn::Module {
  HelperImpl() { scale = register_buffer("scale", torch::ones({2})); }
  Tensor forward(Tensor x) {
    update(x);
    return x * scale;
  }
  void update(const Tensor &x) {
    if (is_training())
      scale = x.std(0);
    // CHECK: :[[@LINE-1]]:7: warning: 'scale' is registered and rebound here
  }
  Tensor scale;
};

// Elements of a vector filled from register calls.
struct VectorImpl : nn::Module {
  VectorImpl() {
    for (int i = 0; i < 3; ++i)
      weights.push_back(register_parameter("w" + std::to_string(i), torch::randn({2})));
  }
  void rescale() {
    for (size_t i = 0; i < weights.size(); ++i)
      weights[i] = weights[i] * 0.5;
    // Silent: elements of a container are not followed one by one.
  }
  Tensor forward(Tensor x) { return x + weights[0]; }
  std::vector<Tensor> weights;
};

// The tensor of a registered layer, from inside its owner; weights tied by assignment.
struct TiedImpl : nn::Module {
  TiedImpl() {
    embed = register_module("embed", nn::Embedding(10, 4));
    decoder = register_module("decoder", nn::Linear(4, 10));
    norm = register_module("norm", nn::BatchNorm1d(4));
    decoder->weight = embed->weight;
    // CHECK: :[[@LINE-1]]:5: warning: assigning to 'weight' of a registered layer rebinds the member: parameters(), save() and the optimizer keep the old tensor [torch-stale-registration]
    decoder->bias = torch::zeros({10});
    // CHECK: :[[@LINE-1]]:5: warning: assigning to 'bias' of a registered layer rebinds the member
  }
  void reset_statistics() {
    norm->running_mean = torch::zeros({4});
    // CHECK: :[[@LINE-1]]:5: warning: assigning to 'running_mean' of a registered layer rebinds the member: buffers() and save() keep the old tensor [torch-stale-registration]
  }
  Tensor forward(Tensor x) { return decoder(norm(embed(x))); }
  nn::Embedding embed{nullptr};
  nn::Linear decoder{nullptr};
  nn::BatchNorm1d norm{nullptr};
};

// From outside, and by a pointer that as() returns.
void initialise(TiedImpl &net, nn::Module &any) {
  net.decoder->weight = torch::zeros({10, 4});
  // CHECK: :[[@LINE-1]]:3: warning: assigning to 'weight' of a registered layer rebinds the member
  if (auto *linear = any.as<nn::Linear>())
    linear->weight = torch::randn({2, 2});
  // CHECK: :[[@LINE-1]]:5: warning: assigning to 'weight' of a registered layer rebinds the member
}

// parameters() and named_parameters() return handles by value.
void byIndex(nn::Module &net, const std::vector<Tensor> &loaded) {
  auto params = net.parameters();
  for (size_t i = 0; i < params.size(); ++i)
    params[i] = loaded[i];
  // CHECK: :[[@LINE-1]]:5: warning: assigning to an element of parameters() rebinds a local handle{{.*}} [torch-stale-registration]
}
void byRange(nn::Module &net) {
  auto params = net.parameters();
  for (auto &p : params)
    p = p * 0.5;
  // CHECK: :[[@LINE-1]]:5: warning: assigning to an element of {{.*}} rebinds a local handle
}
void byRangeOfTemporary(nn::Module &net) {
  for (auto &p : net.parameters())
    p = torch::zeros_like(p);
  // CHECK: :[[@LINE-1]]:5: warning: assigning to an element of {{.*}} rebinds a local handle
}
void byName(nn::Module &net, Tensor t) {
  auto named = net.named_parameters();
  named["fc.weight"] = t;
  // CHECK: :[[@LINE-1]]:3: warning: assigning to an element of {{.*}} rebinds a local handle
}
void byItem(nn::Module &net, Tensor t) {
  for (auto &item : net.named_buffers())
    item.value() = t;
  // CHECK: :[[@LINE-1]]:5: warning: assigning to an element of {{.*}} rebinds a local handle
}

// A function that makes a new tensor of what it is given.
Tensor normalised(Tensor weight) {
  weight = weight / weight.norm();
  return weight;
}
Tensor either(Tensor weight, const Tensor &other, bool first) {
  if (first)
    return weight;
  return other;
}
void normaliseAll(TiedImpl &net, const Tensor &t) {
  net.decoder->weight = normalised(net.decoder->weight);
  // CHECK: :[[@LINE-1]]:3: warning: assigning to 'weight' of a registered layer rebinds the member
  net.decoder->bias = either(net.decoder->bias, t, false);
  // CHECK: :[[@LINE-1]]:3: warning: assigning to 'bias' of a registered layer rebinds the member
  net.decoder->weight = torch::relu(net.decoder->weight);
  // CHECK: :[[@LINE-1]]:3: warning: assigning to 'weight' of a registered layer rebinds the member
}

// Tied by way of a setter: a copy would untie them, so that none is offered.
struct SharingImpl : nn::Module {
  SharingImpl() {
    embed = register_module("embed", nn::Embedding(10, 4));
    decoder = register_module("decoder", nn::Linear(4, 10));
    tie(embed->weight);
    fill(torch::zeros({10}));
  }
  void tie(const Tensor &weight) { decoder->weight = weight; }
  // CHECK: :[[@LINE-1]]:36: warning: assigning to 'weight' of a registered layer
  // CHECK-NOT: copy into the registered tensor
  void fill(const Tensor &bias) { decoder->bias = bias; }
  // CHECK: :[[@LINE-1]]:35: warning: assigning to 'bias' of a registered layer
  // CHECK: note: copy into the registered tensor under a NoGradGuard
  Tensor forward(Tensor x) { return decoder(embed(x)); }
  nn::Embedding embed{nullptr};
  nn::Linear decoder{nullptr};
};

// A layer of the function's own that is saved, and handles that are written but never read.
void savedLayer(Tensor w) {
  nn::Conv2d conv(1, 1, 3);
  conv->weight = w;
  // CHECK: :[[@LINE-1]]:3: warning: assigning to 'weight' of a registered layer rebinds the member
  torch::save(conv, "conv.pt");
}
void movedLayer(Tensor w) {
  nn::Conv2d conv(1, 1, 3);
  conv->weight = w;
  // CHECK: :[[@LINE-1]]:3: warning: assigning to 'weight' of a registered layer rebinds the member
  conv->to(torch::kHalf);
}
void descent(nn::Module &net, double rate) {
  auto params = net.parameters();
  for (auto &p : params) {
    p = p - rate * p.grad();
    // CHECK: :[[@LINE-1]]:5: warning: assigning to an element of {{.*}} rebinds a local handle
    p.grad().zero_();
    p.set_requires_grad(true);
  }
}

// What is kept is not put back, and another conversion than the module's.
struct NotPutBackImpl : nn::Module {
  NotPutBackImpl() {
    w = register_parameter("w", torch::ones(3));
    mean = register_buffer("mean", torch::zeros(3));
  }
  Tensor forward(Tensor x) { return (x - mean) * w; }
  Tensor forward_with(Tensor x, Tensor fast) {
    auto own = w;
    w = fast;
    // CHECK: :[[@LINE-1]]:5: warning: 'w' is registered and rebound here
    return forward(x) + own;
  }
  void cast(torch::Dtype dtype, torch::Device device) {
    to(device);
    mean = mean.to(dtype);
    // CHECK: :[[@LINE-1]]:5: warning: 'mean' is registered and rebound here
  }
  Tensor w, mean;
};
