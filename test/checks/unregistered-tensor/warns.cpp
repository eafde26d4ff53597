// RUN: %check torch-unregistered-tensor %s | FileCheck %s --check-prefixes=CHECK,DEFAULT --implicit-check-not='{{^[^|]*(warning|error)}}:'
// RUN: %check torch-unregistered-tensor %s --config='{CheckOptions: {torch-unregistered-tensor.ForwardNames: "infer"}}' | FileCheck %s --check-prefixes=CHECK,NAMES --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// A constant table: a buffer. In the body, the init list and a default member initializer.
struct BufferImpl : nn::Module {
  explicit BufferImpl(int64_t n) : listed(torch::zeros({n})) {
    table = torch::arange(n);
  }
  Tensor forward(Tensor x) { return x + table + listed + by_default; }
  Tensor table;
  // CHECK: :[[@LINE-1]]:10: warning: 'table' is used in forward and never registered as a buffer: {{.*}} [torch-unregistered-tensor]
  // CHECK: note: given its value here
  Tensor listed;
  // CHECK: :[[@LINE-1]]:10: warning: 'listed' is used in forward and never registered as a buffer
  // CHECK: note: given its value here
  Tensor by_default = torch::ones({3});
  // CHECK: :[[@LINE-1]]:10: warning: 'by_default' is used in forward and never registered as a buffer
};

// requires_grad says that it is meant to be trained: a parameter.
struct ParameterImpl : nn::Module {
  ParameterImpl() {
    by_options = torch::randn({2, 2}, torch::requires_grad());
    by_call = torch::randn({2, 2}).requires_grad_();
    by_setter = torch::randn({2, 2});
    by_setter.set_requires_grad(true);
    by_flag = torch::randn({2, 2}, torch::TensorOptions().dtype(torch::kFloat).requires_grad(true));
  }
  Tensor forward(Tensor x) { return x.mm(by_options).mm(by_call).mm(by_setter).mm(by_flag); }
  Tensor by_options;
  // CHECK: :[[@LINE-1]]:10: warning: 'by_options' is used in forward and never registered as a parameter: the optimizer does not train it
  Tensor by_call;
  // CHECK: :[[@LINE-1]]:10: warning: 'by_call' is used in forward and never registered as a parameter
  Tensor by_setter;
  // CHECK: :[[@LINE-1]]:10: warning: 'by_setter' is used in forward and never registered as a parameter
  Tensor by_flag;
  // CHECK: :[[@LINE-1]]:10: warning: 'by_flag' is used in forward and never registered as a parameter
};

// Moved by hand: a sign that it should move with the module.
struct MovedImpl : nn::Module {
  MovedImpl() : mask(torch::rand({4, 4}).tril()), anchors(torch::rand({9, 2})) {}
  Tensor forward(Tensor x) { return x.masked_fill(mask.to(x.device()) == 0, -1e9) + anchors.sum(); }
  void move(torch::Device device) {
    to(device);
    anchors = anchors.to(device);
  }
  Tensor mask;
  // CHECK: :[[@LINE-1]]:10: warning: 'mask' is used in forward and never registered as a buffer
  Tensor anchors;
  // CHECK: :[[@LINE-1]]:10: warning: 'anchors' is used in forward and never registered as a buffer{{.*}} moved by hand
};

// Vectors, arrays and maps of tensors.
struct ContainersImpl : nn::Module {
  ContainersImpl() {
    for (int i = 0; i < 3; ++i) {
      weights.push_back(torch::randn({2, 2}));
      grids[i] = torch::arange(4);
    }
    by_name["a"] = torch::ones({2});
  }
  Tensor forward(Tensor x) { return x.mm(weights[0]) + grids[1] + by_name["a"]; }
  std::vector<Tensor> weights;
  // CHECK: :[[@LINE-1]]:23: warning: 'weights' is used in forward and never registered
  std::array<Tensor, 3> grids;
  // CHECK: :[[@LINE-1]]:25: warning: 'grids' is used in forward and never registered
  std::map<std::string, Tensor> by_name;
  // CHECK: :[[@LINE-1]]:33: warning: 'by_name' is used in forward and never registered
};

// Running statistics that forward keeps up to date in place.
struct StatisticsImpl : nn::Module {
  explicit StatisticsImpl(int64_t n) { running_mean = torch::zeros({n}); }
  Tensor forward(Tensor x) {
    if (is_training()) {
      torch::NoGradGuard no_grad;
      running_mean.mul_(0.9).add_(x.mean(0), 0.1);
    }
    return x - running_mean;
  }
  Tensor running_mean;
  // CHECK: :[[@LINE-1]]:10: warning: 'running_mean' is used in forward and never registered as a buffer
};

// Given its value by a helper of the constructor, used by a helper of forward.
struct HelpersImpl : nn::Module {
  HelpersImpl() { setup(10); }
  void setup(int64_t steps) {
    betas = torch::linspace(1e-4, 0.02, steps);
    alphas = torch::cumprod(1 - betas, 0);
  }
  Tensor forward(Tensor x, int64_t t) { return noise(x, t); }
  Tensor noise(Tensor x, int64_t t) { return x * alphas[t] + betas[t]; }
  Tensor betas, alphas;
  // CHECK: :[[@LINE-1]]:10: warning: 'betas' is used in forward and never registered as a buffer
  // CHECK: :[[@LINE-2]]:17: warning: 'alphas' is used in forward and never registered as a buffer
};

// Not used in forward, but saved by hand.
struct SavedImpl : nn::Module {
  SavedImpl() { mean = torch::zeros({3}); }
  void store(const std::string &path) { torch::save(mean, path); }
  Tensor forward(Tensor x) { return x; }
  Tensor mean;
  // Silent: a tensor that is only saved by hand is not followed yet.
};

// One of two is registered.
struct OneOfTwoImpl : nn::Module {
  OneOfTwoImpl() {
    weight = register_parameter("weight", torch::randn({2, 2}));
    bias = torch::zeros({2});
  }
  Tensor forward(Tensor x) { return x.mm(weight) + bias; }
  Tensor weight, bias;
  // CHECK: :[[@LINE-1]]:18: warning: 'bias' is used in forward and never registered
};

// Looked up on the host in forward, but not the same after loading, or used on the device as well.
struct HostTablesImpl : nn::Module {
  HostTablesImpl(torch::Device device, Tensor data) {
    order = torch::randperm(8);
    // CHECK-DAG: warning: 'order' is used in forward and never registered as a buffer
    seen = torch::zeros({1});
    // CHECK-DAG: warning: 'seen' is used in forward and never registered as a buffer
    cooled = torch::ones({1});
    // CHECK-DAG: warning: 'cooled' is used in forward and never registered as a buffer
    drawn = torch::empty({8});
    // CHECK-DAG: warning: 'drawn' is used in forward and never registered as a buffer
    torch::nn::init::normal_(drawn);
    mean = data.mean(0);
    // CHECK-DAG: warning: 'mean' is used in forward and never registered as a buffer
    moved = torch::arange(8).to(device);
    // CHECK-DAG: warning: 'moved' is used in forward and never registered as a buffer
    used = torch::arange(8);
    // CHECK-DAG: warning: 'used' is used in forward and never registered as a buffer
    raw = torch::arange(8);
    // CHECK-DAG: warning: 'raw' is used in forward and never registered as a buffer
  }
  Tensor forward(Tensor x) {
    seen.add_(1);
    return x[order[0].item<int64_t>()] * seen.item<float>() + cooled.item<float>() +
           drawn[0].item<float>() + mean[0].item<float>() + moved[0].item<float>() +
           used.size(0) + raw.data_ptr<int64_t>()[0];
  }
  void cool() { cooled.mul_(0.9); }
  Tensor loss(Tensor x) { return x * used; }
  Tensor order, seen, cooled, drawn, mean, moved, used, raw;
};

// Names that count as forward by default, and a name that the option adds.
struct NamesImpl : nn::Module {
  NamesImpl() : a(torch::ones({2})), b(torch::ones({2})) {}
  Tensor predict(Tensor x) { return x + a; }
  Tensor infer(Tensor x) { return x + b; }
  Tensor a;
  // DEFAULT: :[[@LINE-1]]:10: warning: 'a' is used in forward and never registered as a buffer
  Tensor b;
  // NAMES: :[[@LINE-1]]:10: warning: 'b' is used in forward and never registered as a buffer
};

// A parameter by what a local or a function asks for.
static torch::Tensor learned(int64_t n) {
  auto made = torch::randn({n}) * 0.1;
  made.requires_grad_();
  return made;
}
struct AskedElsewhereImpl : torch::nn::Module {
  AskedElsewhereImpl() {
    memory = learned(4);
    auto drawn = torch::randn({4}, torch::requires_grad());
    scale = drawn;
  }
  torch::Tensor forward(torch::Tensor x) { return x * memory + scale; }
  torch::Tensor memory, scale;
  // CHECK: :[[@LINE-1]]:17: warning: 'memory' is used in forward and never registered as a parameter
  // CHECK: :[[@LINE-2]]:25: warning: 'scale' is used in forward and never registered as a parameter
};

// Constants that stay on the host where they meet tensors of the device.
struct LeftBehindImpl : nn::Module {
  LeftBehindImpl() {
    auto steps = torch::linspace(0, 1, 8);
    decay = torch::cumprod(1 - steps, 0);
    noise = torch::empty({8});
    noise.normal_();
    drawn = torch::rand({8});
  }
  Tensor forward(Tensor x) {
    return x * decay + x.index_select(0, order) + half.to(torch::kFloat) + noise[0].item<float>() +
           drawn.to(x.device());
  }
  Tensor decay;
  // CHECK: :[[@LINE-1]]:10: warning: 'decay' is used in forward and never registered as a buffer
  Tensor order = torch::arange(8).flip(0);
  // CHECK: :[[@LINE-1]]:10: warning: 'order' is used in forward and never registered as a buffer
  Tensor half = torch::tensor({0.5});
  // CHECK: :[[@LINE-1]]:10: warning: 'half' is used in forward and never registered as a buffer
  Tensor noise;
  // CHECK: :[[@LINE-1]]:10: warning: 'noise' is used in forward and never registered as a buffer
  Tensor drawn;
  // CHECK: :[[@LINE-1]]:10: warning: 'drawn' is used in forward and never registered as a buffer
};

// An optimizer that is given other tensors.
struct OtherOptimizerImpl : nn::Module {
  OtherOptimizerImpl() : w(torch::randn({4}, torch::requires_grad())), optimizer(parameters(), 1e-3) {}
  Tensor forward(Tensor x) { return x * w; }
  Tensor w;
  // CHECK: :[[@LINE-1]]:10: warning: 'w' is used in forward and never registered as a parameter
  torch::optim::Adam optimizer;
};
