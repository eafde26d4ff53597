// RUN: %check torch-advice-hardcoded-layer %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

// Only built once: no reusable block.
struct OnceImpl : nn::Module {
  explicit OnceImpl(int64_t n) : norm(register_module("norm", nn::BatchNorm1d(n))) {}
  torch::Tensor forward(torch::Tensor x) { return torch::relu(norm(x)); }
  nn::BatchNorm1d norm;
};
TORCH_MODULE(Once);

// The caller chooses: by factory, by module, by name, by flag, by function pointer, by enumeration.
enum class Kind { Batch, Layer };
#define BLOCK(NAME, ...)                                                                           \
  struct NAME : nn::Module {                                                                       \
    NAME(int64_t n, __VA_ARGS__) : norm_(register_module("norm", nn::BatchNorm1d(n))) {}           \
    torch::Tensor forward(torch::Tensor x) { return torch::relu(norm_(x)); }                       \
    nn::BatchNorm1d norm_;                                                                         \
  };
BLOCK(FactoryImpl, std::function<nn::AnyModule(int64_t)> factory)
BLOCK(ModuleImpl, nn::AnyModule layer)
BLOCK(NameImpl, std::string activation)
BLOCK(FlagImpl, bool batch_norm)
BLOCK(ShortFlagImpl, bool use_bn)
BLOCK(PointerImpl, torch::Tensor (*f)(const torch::Tensor &))
BLOCK(KindImpl, Kind kind)

// Norm without activation, activation without norm, no parameters at all.
struct NormOnlyImpl : nn::Module {
  explicit NormOnlyImpl(int64_t n) : norm(register_module("norm", nn::BatchNorm1d(n))) {}
  torch::Tensor forward(torch::Tensor x) { return norm(x); }
  nn::BatchNorm1d norm;
};
struct ActOnlyImpl : nn::Module {
  explicit ActOnlyImpl(int64_t n) : fc(register_module("fc", nn::Linear(n, n))) {}
  torch::Tensor forward(torch::Tensor x) { return torch::relu(fc(x)); }
  nn::Linear fc;
};
struct FixedImpl : nn::Module {
  FixedImpl() : norm(register_module("norm", nn::BatchNorm1d(8))) {}
  torch::Tensor forward(torch::Tensor x) { return torch::relu(norm(x)); }
  nn::BatchNorm1d norm;
};
// No module.
struct Recipe {
  explicit Recipe(int64_t n) : norm(n) {}
  nn::BatchNorm1d norm;
  nn::ReLU act;
};

void build() {
  Once once(4);
  auto f1 = std::make_shared<FactoryImpl>(4, nullptr), f2 = std::make_shared<FactoryImpl>(8, nullptr);
  auto m1 = std::make_shared<ModuleImpl>(4, nn::AnyModule()), m2 = std::make_shared<ModuleImpl>(8, nn::AnyModule());
  auto n1 = std::make_shared<NameImpl>(4, "relu"), n2 = std::make_shared<NameImpl>(8, "relu");
  auto b1 = std::make_shared<FlagImpl>(4, true), b2 = std::make_shared<FlagImpl>(8, true);
  auto s1 = std::make_shared<ShortFlagImpl>(4, true), s2 = std::make_shared<ShortFlagImpl>(8, true);
  auto p1 = std::make_shared<PointerImpl>(4, nullptr), p2 = std::make_shared<PointerImpl>(8, nullptr);
  auto k1 = std::make_shared<KindImpl>(4, Kind::Batch), k2 = std::make_shared<KindImpl>(8, Kind::Batch);
  auto o1 = std::make_shared<NormOnlyImpl>(4), o2 = std::make_shared<NormOnlyImpl>(8);
  auto a1 = std::make_shared<ActOnlyImpl>(4), a2 = std::make_shared<ActOnlyImpl>(8);
  auto x1 = std::make_shared<FixedImpl>(), x2 = std::make_shared<FixedImpl>();
  Recipe r1(4), r2(8);
}
