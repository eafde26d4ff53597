// RUN: %check torch-strided-memory %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

using torch::Tensor;

// Indices of dense memory, through two callers.
Tensor columns(Tensor input, int64_t k) {
  const int64_t c = input.size(0), h = input.size(1), w = input.size(2);
  auto out = torch::empty({c, h, w});
  const float *in = input.data_ptr<float>();
  // CHECK: :[[@LINE-1]]:27: warning: the elements of 'input' do not lie in the order of its indices, by which they are found here: a caller gives it what 'permute' makes, a view that reorders them [torch-strided-memory]
  // CHECK: :[[@LINE+14]]:52: note: it is given here
  // CHECK: :[[@LINE+13]]:52: note: the view is made here; 'contiguous()' copies it into order
  float *to = out.data_ptr<float>();
  for (int64_t ch = 0; ch < c; ++ch)
    for (int64_t y = 0; y < h; ++y)
      for (int64_t x = 0; x < w; ++x)
        to[(ch * h + y) * w + x] = in[(ch * h + y) * w + x + k];
  return out;
}
Tensor conv(const Tensor &image, int64_t k) { return columns(image, k); }

namespace test {
void frames() {
  auto frame = torch::rand({48, 64, 3});
  std::cout << conv(torch::relu(frame), 0) << conv(frame.permute({2, 0, 1}), 0);
}
} // namespace test

// Other spellings of the index; the last size told from the end.
float weighed(const Tensor &m) {
  float total = 0;
  const auto rows = m.size(0), cols = m.size(-1);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < cols; ++j)
      total += i * m.data_ptr<float>()[i * cols + j];
  // CHECK: :[[@LINE-1]]:22: warning: the elements of 'm' do not lie in the order of its indices, by which they are found here: a caller gives it what 't' makes
  return total;
}
float spread(const Tensor &m) {
  auto *p = m.data_ptr<float>();
  // CHECK: :[[@LINE-1]]:15: warning: the elements of 'm' do not lie in the order of its indices, by which they are found here: a caller gives it what 'slice' makes, a view that leaves some out or repeats some
  float total = 0;
  for (int64_t i = 0; i < m.size(0); ++i)
    for (int64_t j = 0; j < m.size(1); ++j)
      for (int64_t k = 0; k < m.size(2); ++k)
        total += k * p[i * m.size(1) * m.size(2) + j * m.size(2) + k];
  return total;
}
float callers(const Tensor &x) {
  Tensor turned = x.t();
  auto part = x.slice(1, 2, 4);
  return weighed(turned) + spread(part);
}

// What is made like a permuted tensor lies as it does.
void kernel(const float *a, float *map, int64_t n);
Tensor filled(const Tensor &img) {
  const Tensor a = img.contiguous();
  Tensor map = torch::zeros_like(img);
  // CHECK: :[[@LINE-1]]:16: warning: 'zeros_like' keeps the order in which the elements of 'img' lie, and a caller gives it what 'permute' has reordered; its memory is used beside that of a contiguous copy
  kernel(a.data_ptr<float>(), map.data_ptr<float>(), map.numel());
  return map;
}
Tensor pointers(Tensor img) {
  auto a = img.contiguous(), map = torch::empty_like(img, torch::kFloat);
  // CHECK: :[[@LINE-1]]:36: warning: 'empty_like' keeps the order in which the elements of 'img' lie
  const float *from = a.data_ptr<float>();
  float *to = map.data_ptr<float>();
  kernel(from, to, a.numel());
  return map;
}
void like(const Tensor &x) {
  auto shot = x.permute({2, 0, 1});
  filled(shot);
  pointers(x.transpose(0, 2));
}
