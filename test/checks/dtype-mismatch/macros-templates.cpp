// RUN: %check torch-dtype-mismatch %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <stdexcept>

using torch::Tensor;

void use(const void *);

#define POINTER(x) (x).data_ptr<int>()
#define EXPECT_THROW(...)                                                                          \
  try {                                                                                            \
    __VA_ARGS__;                                                                                   \
  } catch (const std::exception &) {                                                               \
  }

void macros(Tensor x) {
  auto index = x.argmax(0);
  use(POINTER(index));
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this tensor is kLong
  EXPECT_THROW(index.data_ptr<int>());
}

// The template's own parameter: what it is instantiated with may go with what x is.
template <typename T> void read(Tensor x) {
  auto out = torch::zeros({2});
  use(out.data_ptr<T>());
  using Element = T;
  use(out.data_ptr<Element>());
  use((Element *)out.data_ptr());
  use((T *)out.data_ptr());
}
template <typename T> void known(Tensor x) {
  auto index = x.argmax(0);
  use(index.data_ptr<int>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'index' is kLong
}
template <torch::ScalarType Type> void given() { use(torch::zeros({2}, Type).data_ptr<int>()); }
template <typename T> void ofType() {
  auto made = torch::zeros({2}, c10::CppTypeToScalarType<T>::value);
  use(made.template data_ptr<int>());
  auto told = torch::zeros({2}, torch::dtype<T>());
  use(told.template data_ptr<int>());
}
template <typename Index> Tensor rows(Tensor x, Index index) { return x.gather(0, index); }
void instantiate(Tensor x) {
  read<int>(x), read<double>(x), known<int>(x), known<float>(x);
  given<torch::kLong>(), ofType<float>();
  rows(x, torch::zeros({2}));
}
