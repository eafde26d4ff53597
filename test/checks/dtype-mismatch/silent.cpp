// RUN: %check torch-dtype-mismatch %s | FileCheck %s --allow-empty
// CHECK-NOT: {{warning|error}}:
#include <torch/torch.h>

#include <cstring>
#include <fstream>

using torch::Tensor;
namespace F = torch::nn::functional;

void use(const void *);
void fill(Tensor &out);
Tensor compute();
torch::ScalarType chosen();

// The right type, by whatever name.
void same(Tensor scores, torch::Tensor x) {
  auto indices = std::get<1>(scores.topk(3));
  use(indices.data_ptr<int64_t>());
  use(indices.data_ptr<long>());
  use(torch::zeros({2}, torch::kInt).data_ptr<int32_t>());
  use(x.to(torch::kU8).data_ptr<uint8_t>());
  use(x.to(torch::kByte).data_ptr<unsigned char>());
  use((x > 0).data_ptr<bool>());
  use(x.to(torch::kHalf).data_ptr<c10::Half>());
  auto doubles = x.to(torch::kDouble);
  use(doubles.accessor<double, 2>().data());
  use(x.to(torch::kComplexFloat).data_ptr<c10::complex<float>>());
  use(x.to(torch::kBFloat16).data_ptr<at::BFloat16>());
  use(torch::tensor({1.0, 2.0}).data_ptr<float>());
  use(torch::randint(3, {2}, torch::requires_grad(false)).data_ptr<float>()); // its options lose kLong
}

// Nobody knows.
struct Kept {
  Tensor kept = torch::zeros({2});
  torch::TensorOptions options;
  void read(Tensor given, torch::nn::Linear net, torch::ScalarType type) {
    use(kept.data_ptr<int>());
    use(given.data_ptr<int>());
    use(net(given).data_ptr<int>());
    use(compute().data_ptr<int>());
    use(given.to(type).data_ptr<int>());
    use(torch::zeros({2}, type).data_ptr<int>());
    use(torch::zeros({2}, options).data_ptr<int>());
    use(torch::zeros({2}, given.options()).data_ptr<int>());
    use(torch::zeros({2}, chosen()).data_ptr<int>());
    use(torch::zeros({2}).to(given).data_ptr<int>());
    use(torch::zeros({2}).to(options).data_ptr<int>());
    auto others = kept.options();
    use(torch::zeros({2}, others).data_ptr<int>());
    use((torch::zeros({2}) * given).data_ptr<double>());   // promoted
    use((torch::zeros({2}, torch::kInt) * 1.5).data_ptr<float>()); // promoted
    use(given.sum(0, false, torch::kInt).data_ptr<int>());
    use(torch::zeros({2}).view(torch::kInt).data_ptr<int>());
  }
};

// Values disagree.
void paths(Tensor x, bool wide) {
  auto indices = x.argmax(1);
  if (wide)
    indices = indices.to(torch::kInt);
  use(indices.data_ptr<int>());
  auto chosen = torch::zeros({2}, wide ? torch::kInt : torch::kLong);
  use(chosen.data_ptr<int>());
  auto options = torch::TensorOptions().dtype(torch::kLong);
  if (wide)
    options = options.dtype(torch::kInt);
  use(torch::zeros({2}, options).data_ptr<int>());
  auto narrow = x.argmax(1);
  narrow = narrow.to(torch::kInt);
  use(narrow.data_ptr<int>());
  for (int i = 0; i < 2; ++i) {
    auto each = x.argmax(1);
    for (int j = 0; j < 2; ++j) {
      if (j)
        use(each.data_ptr<int>());
      each = each.to(torch::kInt);
    }
  }
}

// The code asks.
void asks(Tensor x) {
  auto a = x.argmax(1);
  TORCH_CHECK(a.dtype() == torch::kInt);
  use(a.data_ptr<int>());
  auto b = x.argmax(1);
  if (b.scalar_type() == torch::kInt)
    use(b.data_ptr<int>());
  auto c = torch::zeros({2});
  AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "asks", [&] { use(c.data_ptr<scalar_t>()); });
  auto d = torch::zeros({2});
  use(x.is_floating_point() ? nullptr : d.data_ptr<int>());
}

// Something else gives it a value.
void handed(std::istream &in) {
  auto a = torch::zeros({2});
  fill(a);
  use(a.data_ptr<int>());
  auto b = torch::zeros({2});
  torch::load(b, in);
  use(b.data_ptr<int>());
  auto c = torch::zeros({2}), d = torch::zeros({2});
  std::tie(c, d) = compute().max(0);
  use(d.data_ptr<int64_t>());
  auto e = torch::zeros({2});
  auto set = [&] { e = torch::zeros({2}, torch::kInt); };
  set();
  use(e.data_ptr<int>());
  auto f = torch::zeros({2});
  auto &g = f;
  g = torch::zeros({2}, torch::kInt);
  use(f.data_ptr<int>());
  auto h = torch::zeros({2});
  h.set_data(compute());
  use(h.data_ptr<int>());
  auto i = torch::zeros({2});
  std::swap(i, h);
  use(i.data_ptr<int>());
}

// Bytes, bit patterns, parts of complex numbers, integers of one width.
void casts(Tensor x, std::ofstream &out) {
  auto indices = x.argmax(1);
  out.write(reinterpret_cast<const char *>(indices.data_ptr()), 8);
  out.write((char *)torch::zeros({2}).data_ptr(), 8);
  use((uint8_t *)indices.data_ptr());
  use(static_cast<unsigned char *>(torch::zeros({2}).data_ptr()));
  use(reinterpret_cast<std::byte *>(indices.data_ptr()));
  int target[4];
  std::memcpy(target, indices.data_ptr(), sizeof(target));
  std::memcpy(target, (int *)indices.data_ptr(), sizeof(target));
  uint64_t *same = (uint64_t *)indices.data_ptr();
  long long *longs = (long long *)indices.data_ptr();
  uint32_t *bits = (uint32_t *)torch::zeros({2}).data_ptr();
  int16_t *halves = (int16_t *)torch::zeros({2}, torch::kHalf).data_ptr();
  float *parts = (float *)torch::zeros({2}, torch::kComplexFloat).data_ptr();
  float *workspace = (float *)torch::empty({1024}, torch::kByte).data_ptr();
  float *floats = (float *)torch::zeros({2}).data_ptr();
  void *memory = indices.data_ptr();
  use(same), use(longs), use(bits), use(halves), use(parts), use(workspace), use(floats), use(memory);
}

// What is taken.
void indices(Tensor table, torch::nn::Embedding embedding) {
  auto longs = torch::zeros({2}, torch::kLong);
  auto ints = torch::zeros({2}, torch::kInt);
  table.index_select(0, longs), table.gather(0, longs), table.scatter_(0, longs, 1);
  table.index_select(0, ints), torch::embedding(table, ints), F::embedding(ints, table), embedding(ints);
  table.gather(0, ints), table.scatter_(0, ints, 1); // taken by 2.x
  table.index({table > 0}), table.index({longs}), table.masked_select(table > 0);
  F::nll_loss(table, longs), F::nll_loss(table, torch::zeros({2}, torch::kByte));
  F::cross_entropy(table, torch::rand({2, 3})); // probabilities
  table.gather(0, torch::zeros({0})), table.gather(0, torch::tensor({})); // nothing is gathered
  embedding(compute()), F::one_hot(longs);
}

void gradients() {
  torch::arange(0., 10., torch::requires_grad());
  torch::arange(10, torch::dtype(torch::kFloat).requires_grad(true));
  torch::arange(10, torch::requires_grad(false));
  torch::randint(3, {2}, torch::requires_grad());
  torch::zeros({2}, torch::dtype(torch::kComplexFloat).requires_grad(true));
  torch::zeros({2}, torch::kInt).requires_grad_(false);
  torch::zeros({2}).requires_grad_();
  at::arange(10, torch::requires_grad()); // of torch-ignored-requires-grad
}

// The parameter is not always used so, or has been made another.
Tensor maybe(Tensor source, Tensor index, bool has) {
  return has ? source.gather(0, index) : source;
}
Tensor early(Tensor source, Tensor index) {
  if (!index.defined())
    return source;
  return source.gather(0, index);
}
Tensor made(Tensor source, Tensor index) {
  index = index.to(torch::kLong);
  return source.gather(0, index);
}
Tensor cast(Tensor source, Tensor index) { return source.gather(0, index.to(torch::kLong)); }
Tensor asked(Tensor source, Tensor index) {
  TORCH_CHECK(index.scalar_type() == torch::kLong);
  return source.gather(0, index);
}
struct Base {
  virtual Tensor rows(Tensor source, Tensor index) { return source.gather(0, index); }
};
void calls(Tensor x, Base &other) {
  auto index = torch::zeros({3});
  maybe(x, index, false), early(x, index), made(x, index), cast(x, index), asked(x, index);
  maybe(x, x, true), other.rows(x, index); // an override may be called
}
// Options of a tensor that a list or an optional holds.
int64_t *sums(const c10::optional<Tensor> &first, const std::vector<Tensor> &list, bool flag) {
  const auto options = first.has_value() ? first->options() : list[0].options();
  auto sums = torch::empty({3}, options), others = torch::zeros({3}, first->options());
  return flag ? sums.data_ptr<int64_t>() : others.data_ptr<int64_t>();
}
