// REQUIRES: torch-2
// RUN: %check torch-strided-memory %s -- -std=c++20 | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

using torch::Tensor;

void copied(Tensor x, float *out) {
  auto a = x.permute({1, 0});
  std::span<float> s(a.data_ptr<float>(), a.numel());
  std::copy(s.begin(), s.end(), out);
  // CHECK: :[[@LINE-1]]:3: warning: the elements of 'a' do not lie in the order of its indices, in which this takes them: 'permute' gives a view that reorders them [torch-strided-memory]
  auto b = x.t();
  std::span t(b.data_ptr<float>(), size_t(b.numel()));
  std::vector<float> all(t.begin(), t.end());
  // CHECK: :[[@LINE-1]]:22: warning: the elements of 'b' do not lie
  auto c = x.t();
  auto u = std::span<const float>{c.data_ptr<float>(), size_t(c.numel())};
  for (size_t i = 0; i < u.size(); ++i)
    out[i] = u[i];
  // CHECK: :[[@LINE-1]]:14: warning: the elements of 'c' do not lie
  std::memcpy(out, u.data(), u.size_bytes());
}

// Look-alikes: in order; a question about strides; one element; sums, for which the order is no matter; a span that lives
// by strides of its own; a span that is handed on.
void take(std::span<const float>);
float silent(Tensor x, float *out) {
  auto a = x.permute({1, 0}).contiguous();
  std::span<float> s(a.data_ptr<float>(), a.numel());
  std::copy(s.begin(), s.end(), out);
  auto b = x.t();
  if (b.is_contiguous()) {
    std::span<float> t(b.data_ptr<float>(), b.numel());
    std::copy(t.begin(), t.end(), out);
  }
  auto c = x.t();
  std::span<float> u(c.data_ptr<float>(), c.numel());
  float sum = u[0] + u.front();
  for (float value : u)
    sum += value;
  auto d = x.select(1, 0);
  std::span<float> v(d.data_ptr<float>(), 2 * x.size(1));
  for (int64_t i = 0; i < 2; ++i)
    sum += v[i * x.size(1)];
  take(u);
  return sum + u.size();
}
