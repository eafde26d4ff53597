// RUN: %check torch-discarded-result %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <vector>

namespace F = torch::nn::functional;
using torch::Tensor;

// Operations in place and out variants.
Tensor inPlace(Tensor x, Tensor y) {
  x.clamp_(0, 1);
  torch::relu_(x);
  x.view({-1}).add_(1);
  torch::add_out(x, x, y);
  at::mul_outf(x, y, x);
  x += y;
  x[0] = y;
  x.copy_(y);
  x.index_put_({0}, y);
  return x;
}

// Called for what they do beside.
Tensor effects(Tensor x, Tensor w) {
  x.backward();
  x.retain_grad();
  x.requires_grad_(true);
  x.set_requires_grad(true);
  x.register_hook([](Tensor g) { return g; });
  x.set_data(w);
  x.print();
  torch::batch_norm(x, w, w, w, w, /*training=*/true, 0.1, 1e-5, false);
  F::batch_norm(x, w, w, F::BatchNormFuncOptions().training(true));
  return x;
}

// Waiting for the device.
Tensor waits(Tensor x) {
  x.item<float>();
  x.sum().item();
  torch::nonzero(x);
  return x;
}

// A module is moved itself; running one may be a warm-up.
Tensor modules(torch::nn::Linear net, Tensor x) {
  net->to(torch::kCUDA);
  net->forward(x);
  net(x);
  net(x).relu();
  torch::matmul(net(x), x);
  return x;
}

// Functionals told to work in place, or perhaps told so.
Tensor functionals(Tensor x, F::DropoutFuncOptions options) {
  F::relu(x, F::ReLUFuncOptions().inplace(true));
  F::relu(x, true);
  F::dropout(x, options);
  F::embedding(x, x, F::EmbeddingFuncOptions().max_norm(1));
  return x;
}

// Dropped on purpose.
Tensor casts(Tensor x) {
  (void)x.relu();
  static_cast<void>(x.relu());
  std::ignore = x.relu();
  return x;
}

// Used after all.
Tensor used(Tensor x, bool flag) {
  auto y = (std::cout << "relu", x.relu());
  auto z = flag ? x.relu() : x.exp();
  auto v = ({ x.relu(); });
  for (auto w = x.relu(); flag; flag = false)
    y = w;
  if (x.relu().defined())
    return y + z + v;
  return x.relu();
}

// Not evaluated.
using Result = decltype(std::declval<Tensor>().relu());
size_t size(Tensor x) { return sizeof(x.relu()); }

// A local that nothing uses afterwards: the statement is dead, nothing is wrong.
void dead() {
  auto x = torch::ones({2});
  x.relu();
}
Tensor renewed() {
  auto x = torch::ones({2});
  x.relu();
  x = torch::zeros({2});
  return x;
}

// Warm-ups.
void warmUp() {
  torch::zeros({1}, torch::kCUDA);
  torch::rand({2, 2});
  torch::ones({2}).view({1, 2});
}
Tensor warmUpOf(Tensor x) {
  x.matmul(x);
  torch::cuda::synchronize();
  return x;
}

// Benchmarks.
struct Timer {
  explicit Timer(const char *name);
};
double bench(Tensor a, Tensor b) {
  torch::mm(a, b);
  return a.sum().item<double>();
}
double timed(Tensor a, Tensor b) {
  for (int i = 0; i < 10; ++i)
    torch::mm(a, b);
  auto start = std::chrono::steady_clock::now();
  a.mm(b);
  auto end = std::chrono::steady_clock::now();
  {
    Timer timer("mm");
    b.mm(a);
  }
  std::cout << a << b;
  return (end - start).count();
}
struct State {
  int *begin();
  int *end();
};
void loops(State &state, Tensor a) {
  for (auto _ : state)
    a.relu();
  int n = 100;
  while (n--)
    a.exp();
  std::cout << a;
}
template <typename F> double measure(F f) { return f(), 0; }
double lambdas(Tensor a, Tensor b) { return measure([&] { torch::mm(a, b); }) + measure([&] { a.relu(); }); }

// Asked for the exception.
#define EXPECT_THROW(statement, type)                                                              \
  try {                                                                                            \
    statement;                                                                                     \
    std::abort();                                                                                  \
  } catch (const type &) {                                                                         \
  }
#define TIME(statement) statement
bool throws(Tensor x) {
  EXPECT_THROW(x.view({3}), c10::Error)
  EXPECT_THROW({ x.view({3}); }, c10::Error)
  TIME(x.relu());
  bool thrown = false;
  try {
    x.view({3});
  } catch (const c10::Error &) {
    thrown = true;
  }
  try {
    x.cuda();
    return true;
  } catch (...) {
    return x.defined() && thrown;
  }
}

// Functions of the same names that are not LibTorch's.
namespace own {
Tensor relu(Tensor x);
struct Image {
  Image clamp(int, int);
};
} // namespace own
Tensor others(Tensor x, own::Image image) {
  own::relu(x);
  image.clamp(0, 1);
  return x;
}

// Look-alike: a list of spellings, of which nobody wants a result or a changed tensor.
void spellings() {
  Tensor x = torch::randn({3, 4, 5});
  x.index({torch::indexing::None});
  x.index({1, 2});
  x.view({-1, 5}).relu();
  x + 1;
}

// In place, on what lies in a list of LibTorch.
void in_place(torch::nn::Module &net) {
  torch::NoGradGuard guard;
  for (auto &entry : net.named_parameters()) {
    entry.value().mul_(0.5).add_(1);
    net.named_parameters()[entry.key()].zero_();
  }
}

// The flag of a tensor that has a name, or lies in the module.
Tensor flags(torch::nn::Linear net, Tensor image) {
  image.requires_grad_().retain_grad();
  net->parameters()[0].set_requires_grad(false);
  net->named_parameters()["weight"].requires_grad_(false);
  image.mutable_grad().set_requires_grad(false);
  auto leaf = image.detach().requires_grad_();
  image.zero_().requires_grad_();
  for (auto &item : net->named_parameters())
    item.value().set_requires_grad(false);
  return leaf;
}

// Look-alike: handed to what measures it, or waits for its exception.
template <typename F> double timeIt(F f) {
  f();
  return 0;
}
void expectThrow(std::function<void()> f);
struct Timed {
  Tensor weight;
  void check() {
    expectThrow([this] { weight.view({7}); });
    double time = timeIt([&] { weight.matmul(weight); });
    std::cout << time << weight;
  }
  void inBlocks(bool twice) {
    auto start = std::chrono::steady_clock::now();
    { weight.matmul(weight); }
    if (twice) {
      weight.mm(weight);
    }
    auto end = std::chrono::steady_clock::now();
    std::cout << (end - start).count() << weight;
  }
};

// Look-alike: whether the sizes fit.
bool fits(const Tensor &x) {
  try {
    x.view({2, 2});
    std::cout << x;
  } catch (const c10::Error &) {
    return false;
  }
  return true;
}

// Look-alike: named in code that is left out here, and let go of.
#define DEBUG_PRINT(x)
template <bool Print> void finish(Tensor x) {
  x = x * 2;
  if constexpr (Print)
    std::cout << x;
}
void instantiate(Tensor x) { finish<false>(x); }
void debugged(Tensor x) {
  std::cout << x;
  x = x.cpu();
  DEBUG_PRINT(x);
}
void letGo(Tensor logits) {
  std::cout << logits.softmax(0);
  logits = torch::empty({0});
}
