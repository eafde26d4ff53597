// RUN: %check torch-dtype-mismatch %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>

using torch::Tensor;
namespace F = torch::nn::functional;

void use(const void *);

void pointers(Tensor scores) {
  auto [values, indices] = torch::topk(scores, 3, -1);
  indices = indices.contiguous();
  use(indices.data_ptr<int>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'indices' is kLong: 'data_ptr<int>()' throws 'expected scalar type Int but found Long' [torch-dtype-mismatch]
  // CHECK: :[[@LINE-4]]:28: note: it gets that dtype here
  auto best = scores.argmax(1).cpu();
  auto shown = best.accessor<float, 1>();
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'best' is kLong: 'accessor<float>()' throws 'expected scalar type Float but found Long'
  auto sorted = scores.sort(0);
  use(std::get<1>(sorted).data_ptr<int32_t>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'std::get<1>(sorted)' is kLong: 'data_ptr<int32_t>()' throws
  auto flat = std::get<1>(scores.max(1)).view({-1});
  auto largest = flat.packed_accessor32<int, 1>();
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'flat' is kLong: 'packed_accessor32<int>()' throws
  auto mask = scores > 0.5;
  use(mask.data_ptr<uint8_t>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'mask' is kBool: 'data_ptr<uint8_t>()' throws 'expected scalar type Byte but found Bool'
  (void)shown, (void)largest;
}

void made() {
  auto zeros = torch::zeros({2, 3});
  use(zeros.data_ptr<double>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'zeros' is kFloat: 'data_ptr<double>()' throws 'expected scalar type Double but found Float'
  // CHECK: :[[@LINE-3]]:16: note: without another in its options it has that dtype here
  auto numbers = torch::tensor({1, 2});
  use(numbers.data_ptr<int>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'numbers' is kLong:
  auto range = torch::arange(0, 10);
  use(range.data_ptr<float>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'range' is kLong:
  auto halves = torch::arange(0, 1, 0.5);
  use(halves.data_ptr<double>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'halves' is kFloat:
  use(torch::full({2}, 1).data_ptr<float>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'torch::full({2}, 1)' is kLong:
  use(torch::randint(0, 5, {2}).data_ptr<float>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'torch::randint(0, 5, {2})' is kLong:
  std::vector<int64_t> lengths{1, 2};
  auto offsets = torch::cat({torch::zeros({1}, torch::kLong), torch::tensor(lengths).cumsum(0)});
  use(offsets.data_ptr<int32_t>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'offsets' is kLong:
  auto like = torch::zeros_like(numbers);
  use(like.data_ptr<float>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'like' is kLong:
}

void spelled(Tensor image, torch::Device device, bool wide) {
  image = image.to(torch::kU8).permute({1, 2, 0}).contiguous();
  use(image.data_ptr<float>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'image' is kByte: 'data_ptr<float>()' throws 'expected scalar type Float but found Byte'
  auto options = torch::TensorOptions().dtype(torch::kFloat64).device(device);
  auto wanted = torch::empty({3}, options);
  use(wanted.data_ptr<float>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'wanted' is kDouble:
  auto there = wanted.to(device) * 2 + 1;
  use(there.data_ptr<float>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'there' is kDouble:
  auto both = wide ? 1 : 2;
  Tensor some;
  if (wide)
    some = torch::zeros({2}, torch::kInt);
  else
    some = torch::ones({2}, torch::kInt);
  use(some.data_ptr<float>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'some' is kInt:
  for (int i = 0; i < both; ++i)
    some = some.flip(0);
  use(some.data_ptr<int64_t>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'some' is kInt: 'data_ptr<int64_t>()' throws
  auto converted = image.toType(torch::kInt).to(torch::kCPU, torch::kHalf);
  use(converted.data_ptr<float>());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'converted' is kHalf:
}

void casts(Tensor scores) {
  auto indices = std::get<1>(scores.topk(3)).contiguous();
  const int *first = static_cast<int *>(indices.data_ptr());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'indices' is kLong: its elements of 8 bytes are read as 'int' of 4 bytes, which gives other numbers
  const int *second = (int *)indices.data_ptr();
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'indices' is kLong: its elements of 8 bytes are read as 'int'
  const float *third = reinterpret_cast<float *>(indices.data_ptr());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'indices' is kLong: its elements of 8 bytes are read as 'float'
  const double *fourth = (double *)torch::rand({3}).data_ptr();
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'torch::rand({3})' is kFloat: its elements of 4 bytes are read as 'double' of 8 bytes
  use(first), use(second), use(third), use(fourth);
}

void indices(Tensor table, torch::nn::Embedding embedding, torch::nn::NLLLoss loss) {
  auto floats = torch::zeros({2});
  table.index_select(0, floats);
  // CHECK: :[[@LINE-1]]:25: warning: 'floats' is kFloat: 'index_select' takes kLong there and throws
  // CHECK: note: without another in its options it has that dtype here
  // CHECK: note: '.to(torch::kLong)' makes whole numbers of it
  table.gather(0, floats);
  // CHECK: :[[@LINE-1]]:19: warning: 'floats' is kFloat: 'gather' takes
  table.scatter_(0, floats, 1.0);
  // CHECK: :[[@LINE-1]]:21: warning: 'floats' is kFloat: 'scatter_' takes
  table.scatter_add_(0, floats, table);
  // CHECK: :[[@LINE-1]]:25: warning: 'floats' is kFloat: 'scatter_add_' takes
  torch::embedding(table, floats);
  // CHECK: :[[@LINE-1]]:27: warning: 'floats' is kFloat: 'embedding' takes
  F::embedding(floats, table);
  // CHECK: :[[@LINE-1]]:16: warning: 'floats' is kFloat: 'embedding' takes
  embedding(floats);
  // CHECK: :[[@LINE-1]]:13: warning: 'floats' is kFloat: 'embedding' takes
  embedding->forward(table > 0);
  // CHECK: :[[@LINE-1]]:22: warning: 'table > 0' is kBool: 'embedding' takes
  F::nll_loss(table, floats);
  // CHECK: :[[@LINE-1]]:22: warning: 'floats' is kFloat: 'nll_loss' takes
  loss(table, floats);
  // CHECK: :[[@LINE-1]]:15: warning: 'floats' is kFloat: 'loss' takes
  auto ints = torch::zeros({2}, torch::kInt);
  table.take(ints);
  // CHECK: :[[@LINE-1]]:14: warning: 'ints' is kInt: 'take' takes
  F::one_hot(ints, 3);
  // CHECK: :[[@LINE-1]]:14: warning: 'ints' is kInt: 'one_hot' takes
  F::cross_entropy(table, ints);
  // CHECK: :[[@LINE-1]]:27: warning: 'ints' is kInt: 'cross_entropy' takes
}

void gradients() {
  auto a = torch::arange(10, torch::requires_grad());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this tensor is kLong: only floating and complex tensors can require gradients, so that this throws
  auto b = torch::tensor({1, 2}, torch::requires_grad());
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this tensor is kLong:
  auto c = torch::zeros({2}, torch::dtype(torch::kInt).requires_grad(true));
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: this tensor is kInt:
  auto d = torch::zeros({2}, torch::kBool);
  d.requires_grad_(true);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'd' is kBool: only floating
  // CHECK: note: it gets that dtype here
  torch::ones({2}, torch::kLong).set_requires_grad(true);
  // CHECK: :[[@LINE-1]]:{{[0-9]+}}: warning: 'torch::ones({2}, torch::kLong)' is kLong:
}

// Reported where a caller in view passes it.
Tensor summed(Tensor source, Tensor index, int64_t size) {
  auto out = torch::zeros({size}, source.options());
  return out.scatter_add_(0, index.contiguous(), source);
  // CHECK: :[[@LINE+4]]:{{[0-9]+}}: warning: 'index' is kFloat: 'scatter_add_' takes kLong there and throws
}
void calls() {
  auto index = torch::zeros({7});
  summed(torch::ones({7}), index, 2);
  // CHECK: :[[@LINE-6]]:{{[0-9]+}}: note: here
  // CHECK: :[[@LINE-3]]:16: note: without another in its options
}
