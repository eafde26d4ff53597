// RUN: %check torch-strided-memory %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

using torch::Tensor;

// No caller gives it a view, or none in view; out of order and put in order.
float dense(const Tensor &m) {
  float total = 0;
  for (int64_t i = 0; i < m.size(0); ++i)
    for (int64_t j = 0; j < m.size(1); ++j)
      total += i * m.data_ptr<float>()[i * m.size(1) + j];
  return total;
}
Tensor make();
float callers(const Tensor &x, const std::vector<Tensor> &all) {
  return dense(x) + dense(x.t().contiguous()) + dense(make()) + dense(all[0]) + dense(x.slice(0, 1, 2)) +
         dense(x.flip({1})) + dense(x.t().t());
}
float nobody(const Tensor &m) { return m.data_ptr<float>()[m.size(0) * m.size(1) + m.dim()]; }

// Made contiguous, asked, checked, by strides.
float made(Tensor m) {
  m = m.contiguous();
  return m.data_ptr<float>()[m.size(0) * m.size(1) + m.dim()];
}
float asked(const Tensor &m, int64_t i) {
  TORCH_CHECK(m.is_contiguous());
  return m.data_ptr<float>()[i * m.size(1) + i];
}
float strides(const Tensor &m, int64_t i) {
  return m.data_ptr<float>()[i * m.stride(0) + i * m.stride(1)];
}
void check_contiguous(const Tensor &);
float checked(const Tensor &m, int64_t i) {
  check_contiguous(m);
  return m.data_ptr<float>()[i * m.size(1) + i];
}
// In another order than that of the indices: the code knows the memory, or the sizes are not its own.
float planes(const Tensor &image, int64_t ch, int64_t y, int64_t x) {
  const auto h = image.size(0), w = image.size(1), c = image.size(2);
  return ch < c ? image.data_ptr<float>()[(ch * h + y) * w + x] : 0;
}
float told(const Tensor &m, int64_t i, int64_t width) { return m.data_ptr<float>()[i * width + i]; }
// In the order of memory: every element once.
float addedUp(const Tensor &m) {
  float total = 0;
  const auto *p = m.data_ptr<float>();
  for (int64_t i = 0; i < m.numel(); ++i)
    total += p[i];
  return total;
}
Tensor scaled(const Tensor &m) {
  auto out = torch::empty_like(m);
  const auto *p = m.data_ptr<float>();
  auto *q = out.data_ptr<float>();
  for (int64_t i = 0; i < m.numel(); ++i)
    q[i] = 2 * p[i];
  return out;
}
void views(const Tensor &x) {
  auto a = x.t();
  made(a);
  asked(a, 1);
  strides(a, 1);
  checked(a, 1);
  planes(x.permute({1, 2, 0}), 1, 2, 3);
  told(a, 1, 2);
  addedUp(a);
  scaled(a);
}

void kernel(const float *a, float *map, int64_t n);
void stridedKernel(const float *a, float *map, int64_t step);
// Like the copy, in a format that is told, of other sizes, without a permuted caller, with strides.
void likeCopy(const Tensor &img) {
  auto a = img.contiguous(), map = torch::zeros_like(a);
  kernel(a.data_ptr<float>(), map.data_ptr<float>(), map.numel());
}
void told(const Tensor &img) {
  auto a = img.contiguous(), map = torch::zeros_like(img, img.options(), at::MemoryFormat::Contiguous);
  kernel(a.data_ptr<float>(), map.data_ptr<float>(), map.numel());
}
void sizes(const Tensor &img) {
  auto a = img.contiguous(), map = torch::zeros(img.sizes(), img.options());
  kernel(a.data_ptr<float>(), map.data_ptr<float>(), map.numel());
}
void unpermuted(const Tensor &img) {
  auto a = img.contiguous(), map = torch::zeros_like(img);
  kernel(a.data_ptr<float>(), map.data_ptr<float>(), map.numel());
}
void strided(const Tensor &img) {
  auto a = img.contiguous(), map = torch::zeros_like(img);
  stridedKernel(a.data_ptr<float>(), map.data_ptr<float>(), map.stride(0));
}
void apart(const Tensor &img) {
  auto a = img.contiguous(), map = torch::zeros_like(img);
  kernel(a.data_ptr<float>(), nullptr, 1);
  kernel(nullptr, map.data_ptr<float>(), map.numel());
}
void sliced(const Tensor &img) {
  auto a = img.contiguous(), map = torch::zeros_like(img);
  kernel(a.data_ptr<float>(), map.data_ptr<float>(), map.numel());
}
void likes(const Tensor &x) {
  auto shot = x.permute({2, 0, 1});
  likeCopy(shot);
  told(shot);
  sizes(shot);
  unpermuted(x);
  unpermuted(shot.contiguous());
  strided(shot);
  apart(shot);
  sliced(x.slice(1, 2, 4));
}
