// Code that does not compile, as an editor has it while somebody types: what clang could not make sense of may be the very
// registration, and nothing is said of the class or function around it. Whatever else the file has is judged as ever.
// RUN: %check --errors torch-*,-torch-advice-* %s | FileCheck %s
// RUN: %check --errors torch-*,-torch-advice-* %s -- -include %S/Inputs/no-such-header.h 2>&1 | FileCheck %s --check-prefix=FATAL
// FATAL-NOT: [torch-
// FATAL: error: '{{.*}}no-such-header.h' file not found
// FATAL-NOT: [torch-
#include <torch/torch.h>

struct ArgumentImpl : torch::nn::Module {
  ArgumentImpl() {
    fc = register_module("fc", torch::nn::Linear(undeclared, 4));
    drop = register_module("drop", torch::nn::Dropout(0.5, 3, nothing));
    register_module("features", features, 3);
    table = register_buffer("table", torch::zeros({undeclared}));
  }
  torch::Tensor forward(torch::Tensor x) { return features->forward(drop(fc(x))) * table; }
  torch::nn::Linear fc{nullptr};
  torch::nn::Dropout drop;
  torch::nn::Sequential features;
  torch::Tensor table;
};

struct NameImpl : torch::nn::Module {
  NameImpl() { registr_module("fc", fc); }
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  torch::nn::Linear fc{4, 4};
};

struct LoopImpl : torch::nn::Module {
  LoopImpl() {
    for (auto layer : unknown_layers()) {
      register_module("fc", fc);
    }
  }
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  torch::nn::Linear fc{4, 4};
};

struct ListImpl : torch::nn::Module {
  ListImpl() : fc(register_module("fc", torch::nn::Linear(4, undeclared))) {}
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
};

struct TypingImpl : torch::nn::Module {
  TypingImpl() {
    layers.push_back(torch::nn::Linear(4, 4));
    for (auto& layer : layers register_module("layer", layer);
  }
  torch::Tensor forward(torch::Tensor x) { return layers[0](x); }
  std::vector<torch::nn::Linear> layers;
};

struct OutsideImpl : torch::nn::Module {
  OutsideImpl();
  void build();
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  torch::nn::Linear fc{4, 4};
};
OutsideImpl::OutsideImpl() { build(); }
void OutsideImpl::build() { register_module("fc", fc, undeclared); }

struct DerivedImpl : NameImpl {
  DerivedImpl() {}
  torch::Tensor forward(torch::Tensor x) { return NameImpl::forward(head(x)); }
  torch::nn::Linear head{4, 4};
};

void hook(torch::Tensor w) {
  auto handle = w.register_hook([](torch::Tensor g) { return g; });
  w.remove_hook(handle, undeclared);
}

// Nothing of this one is missing, whatever stands in it.
struct SoundImpl : torch::nn::Module {
  [[nodiscard]] int64_t size() const noexcept { return 4; }
  SoundImpl() : Module("sound"), fc(4, 4) /* the layer */ {
    ;
    if (size() > 4) {
      fc->pretty_print(std::cout);
    } // no registration
  }
  torch::Tensor forward(torch::Tensor x) {
    auto twice = [&](torch::Tensor y) { return fc(fc(y)); };
    return twice(x);
  }
  ~SoundImpl() override = default;
  static constexpr int64_t kSize = 4;
  torch::nn::Linear fc;
};
// CHECK-NOT: [torch-
// CHECK: members.cpp:[[#@LINE-3]]:{{.*}}'fc' is never registered{{.*}}[torch-unregistered-module]

// Nor of this one: what the preprocessor takes away is not lost.
#define MY_API
struct ConditionalImpl : torch::nn::Module {
  ConditionalImpl() : fc(4, 4) {
#ifdef USE_CUDA
    fc->to(torch::kCUDA);
#else
    fc->pretty_print(std::cout);
#endif
  }
  MY_API torch::Tensor forward(torch::Tensor x) { return fc(x); }
#if defined(USE_CUDA) && \
    !defined(USE_CPU)
  int device = 0;
#endif
  int aligned __attribute__((aligned(8))) = 0;
  torch::nn::Linear fc;
};
// CHECK-NOT: [torch-
// CHECK: members.cpp:[[#@LINE-3]]:{{.*}}'fc' is never registered{{.*}}[torch-unregistered-module]
// CHECK-NOT: [torch-
