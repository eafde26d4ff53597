// RUN: %check torch-dangling-array-ref %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <memory>
#include <torch/torch.h>

using torch::IntArrayRef;
using torch::Tensor;
std::vector<int64_t> make();

Tensor braced(int64_t n) {
  IntArrayRef sizes = {n, 2, 3};
  // CHECK: :[[@LINE-1]]:23: warning: the ArrayRef refers to a braced list, which ends with this statement, before it is used [torch-dangling-array-ref]
  // CHECK: :[[@LINE+2]]:10: note: used here
  // CHECK: :[[@LINE-3]]:15: note: a container keeps the elements
  return torch::zeros(sizes);
}
void called() {
  IntArrayRef sizes = make();
  // CHECK: :[[@LINE-1]]:23: warning: the ArrayRef refers to a temporary, which ends with this statement, before it is used
  for (int64_t size : sizes)
    std::cout << size;
}
void explicitly(int64_t n) {
  auto sizes = IntArrayRef({n, 2});
  // CHECK: :[[@LINE-1]]:16: warning: the ArrayRef refers to a braced list, which ends with this statement, before it is used
  std::cout << sizes[0];
}
void parameters(torch::nn::Linear &net) {
  torch::TensorList all = net->parameters();
  // CHECK: :[[@LINE-1]]:27: warning: the ArrayRef refers to a temporary
  for (const Tensor &each : all)
    std::cout << each.sizes();
}
Tensor tensors(Tensor x) {
  torch::TensorList pair{x, x + 1};
  // CHECK: :[[@LINE-1]]:21: warning: the ArrayRef refers to a braced list
  return torch::cat(pair);
}
void copied(Tensor x) {
  IntArrayRef sizes = x.sizes().vec();
  // CHECK: :[[@LINE-1]]:23: warning: the ArrayRef refers to a temporary
  std::cout << sizes;
}
void one(int64_t n) {
  IntArrayRef size = n + 1;
  // CHECK: :[[@LINE-1]]:22: warning: the ArrayRef refers to a temporary
  std::cout << size;
}
Tensor optional(Tensor x, int64_t n) {
  c10::OptionalArrayRef<int64_t> dims = IntArrayRef({n, 1});
  // CHECK: :[[@LINE-1]]:41: warning: the ArrayRef refers to a braced list
  return x.sum(dims);
}
Tensor assigned(bool b, int64_t n, IntArrayRef given) {
  IntArrayRef sizes = given;
  if (b)
    sizes = IntArrayRef({n, n});
  // CHECK: :[[@LINE-1]]:13: warning: the ArrayRef refers to a braced list
  return torch::zeros(sizes);
}

struct Options {
  IntArrayRef size;
  int n;
};
void aggregate(int64_t n) {
  Options options{{n, 2}, 3};
  // CHECK: :[[@LINE-1]]:19: warning: the ArrayRef refers to a braced list
  std::cout << options.size;
}

IntArrayRef returned(int64_t n) {
  std::vector<int64_t> sizes{n, 2};
  return sizes;
  // CHECK: :[[@LINE-1]]:10: warning: the ArrayRef refers to the local 'sizes', which ends with the function, and is returned
}
IntArrayRef returnedList(int64_t n) {
  return {n, 2};
  // CHECK: :[[@LINE-1]]:10: warning: the ArrayRef refers to a braced list, which ends with this statement, and is returned
}
IntArrayRef returnedParameter(std::vector<int64_t> sizes) {
  return sizes;
  // CHECK: :[[@LINE-1]]:10: warning: the ArrayRef refers to the parameter 'sizes', which ends with the function, and is returned
}
void innerScope(bool b) {
  IntArrayRef sizes;
  if (b) {
    std::array<int64_t, 2> local{1, 2};
    sizes = local;
    // CHECK: :[[@LINE-1]]:13: warning: the ArrayRef refers to the local 'local', which ends with its scope, before it is used
  }
  std::cout << sizes;
}
void grown() {
  std::vector<int64_t> sizes{1, 2};
  IntArrayRef view = sizes;
  sizes.push_back(3);
  // CHECK: :[[@LINE-1]]:3: warning: the local 'sizes' may move its memory while an ArrayRef of it is still to be used
  std::cout << view;
}

struct Shape {
  explicit Shape(IntArrayRef list) : dims(list) {}
  IntArrayRef dims;
  // CHECK: :[[@LINE-1]]:15: warning: member 'dims' is a view of what 'list' is given, which ends before the object here in view; keep a container
  // CHECK: :[[@LINE-3]]:38: note: the view is stored here
  // CHECK: :[[@LINE+3]]:46: note: the list given here ends with the statement or function
};
struct Planner {
  Planner(int64_t channels, int64_t width) : shape({channels, width}) {}
  Shape shape;
  void print() { std::cout << shape.dims; }
};
class Layer {
public:
  void setSizes(IntArrayRef sizes) { sizes_ = sizes; }
  Tensor run() { return torch::zeros(sizes_); }

private:
  IntArrayRef sizes_;
  // CHECK: :[[@LINE-1]]:15: warning: member 'sizes_' is a view of what 'sizes' is given
};
void setter(Layer &layer, int64_t n) { layer.setSizes({n, n}); }
class Reference {
public:
  explicit Reference(const std::vector<int64_t> &sizes) : sizes_(sizes) {}
  Tensor run() { return torch::zeros(sizes_); }

private:
  IntArrayRef sizes_;
  // CHECK: :[[@LINE-1]]:15: warning: member 'sizes_' is a view of what 'sizes' is given
};
auto shared() { return std::make_shared<Reference>(make()); }
struct ByValue {
  explicit ByValue(std::vector<int64_t> sizes) : dims(sizes) {}
  // CHECK: :[[@LINE-1]]:50: warning: the ArrayRef refers to the parameter 'sizes', which ends with the function, and is kept in 'dims'
  IntArrayRef dims;
};
struct NetImpl : torch::nn::Module {
  explicit NetImpl(IntArrayRef shape) : shape_(shape) {}
  Tensor forward(Tensor x) { return x.view(shape_); }
  IntArrayRef shape_;
  // CHECK: :[[@LINE-1]]:15: warning: member 'shape_' is a view of what 'shape' is given
};
TORCH_MODULE(Net);
void module(Tensor x) {
  Net net(std::vector<int64_t>{1, 2});
  net->forward(x);
}
struct Defaults {
  IntArrayRef dims = {1, 2};
  // CHECK: :[[@LINE-1]]:15: warning: member 'dims' refers to a temporary of its own initialiser, which ends with the constructor; keep a container
  void print() { std::cout << dims; }
};
const IntArrayRef Sizes = make();
// CHECK: :[[@LINE-1]]:27: warning: 'Sizes' refers to a list that ends with its initialisation; keep a container
