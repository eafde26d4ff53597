// RUN: %check torch-dangling-array-ref %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <memory>
#include <torch/torch.h>

using torch::IntArrayRef;
using torch::Tensor;
std::vector<int64_t> make();
const std::vector<int64_t> &kept();

// Parameters and arguments.
Tensor parameter(IntArrayRef sizes, torch::TensorList all = {}) { return torch::zeros(sizes); }
void arguments(Tensor x) {
  parameter({1, 2}, {x, x});
  parameter(make());
  auto t = torch::zeros({1, 2}).view({-1}).sum(IntArrayRef({0}));
  auto n = IntArrayRef({1, 2}).size();
  auto v = IntArrayRef({1, 2}).vec();
  std::cout << t << n << v << IntArrayRef({1, 2});
}
// A named container that lives as long.
Tensor named() {
  std::vector<int64_t> sizes{1, 2};
  IntArrayRef view = sizes;
  auto slice = view.slice(0, 1);
  return torch::zeros(slice);
}
Tensor array() {
  int64_t sizes[] = {1, 2};
  IntArrayRef view(sizes, 2);
  return torch::zeros(view);
}
Tensor extended() {
  const auto &sizes = make();
  IntArrayRef view = sizes;
  return torch::zeros(view);
}
Tensor one(int64_t n) {
  IntArrayRef view = n;
  return torch::zeros(view);
}
// What others keep.
IntArrayRef reference(const std::vector<int64_t> &sizes) { return sizes; }
IntArrayRef ofTensor(const Tensor &x) {
  IntArrayRef sizes = x.sizes();
  return sizes;
}
IntArrayRef lasting() {
  static const std::vector<int64_t> sizes{1, 2};
  return sizes;
}
IntArrayRef returnsKept() {
  IntArrayRef sizes = kept();
  return sizes;
}
IntArrayRef empty() { return {}; }
// A container made of it.
std::vector<int64_t> copied(IntArrayRef given) {
  std::vector<int64_t> sizes = IntArrayRef({1, 2}).vec();
  torch::DimVector more(given);
  sizes.insert(sizes.end(), given.begin(), given.end());
  return sizes;
}
// Given another list before it is read.
void another(IntArrayRef given) {
  IntArrayRef sizes = make();
  sizes = given;
  std::cout << sizes;
}
void unused() { IntArrayRef sizes = make(); }
// Grown before, not after.
void grownBefore() {
  std::vector<int64_t> sizes{1};
  sizes.push_back(2);
  IntArrayRef view = sizes;
  std::cout << view;
  sizes.push_back(3);
}

// No caller hands over a list that ends too early.
struct View {
  explicit View(IntArrayRef list) : dims(list) {}
  IntArrayRef dims;
  Tensor run() { return torch::zeros(dims); }
};
Tensor inStatement() { return View({1, 2}).run(); }
Tensor longLived() {
  std::vector<int64_t> sizes{1, 2};
  View view(sizes);
  return view.run();
}
// Keeps the elements.
struct Owner {
  explicit Owner(IntArrayRef list) : dims(list.vec()) {}
  std::vector<int64_t> dims;
  Tensor run() { return torch::zeros(dims); }
};
Owner owner({1, 2});
// A view of a member beside it.
struct Beside {
  std::vector<int64_t> sizes = {1, 2};
  IntArrayRef view = sizes;
  void update() { view = sizes; }
  Tensor run() { return torch::zeros(view); }
};
Beside beside;
// Never read.
struct Unread {
  explicit Unread(IntArrayRef list) : dims(list) {}
  IntArrayRef dims;
};
Unread unread({1, 2});
// Other libraries' views are for other rules.
void other() {
  std::string_view view = std::string("abc");
  std::cout << view;
}
// Options copy what they are given.
auto options() {
  auto pool = torch::nn::AvgPool2dOptions({2, 2}).stride({1, 1});
  auto norm = torch::nn::LayerNormOptions({4});
  return std::make_pair(pool, norm);
}
