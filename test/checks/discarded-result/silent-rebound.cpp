// RUN: %check torch-discarded-result %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Read afterwards: on one path, in the next round, by what is returned.
Tensor reads(Tensor x, std::vector<Tensor> &all, bool big) {
  auto g = x.grad();
  g = g * 2;
  if (big)
    x = x + g;
  Tensor h = all[0];
  for (int i = 0; i < 3; ++i) {
    std::cout << h;
    h = torch::tanh(h);
  }
  for (auto w : all) {
    w = w.contiguous();
    std::cout << w.data_ptr();
  }
  return x;
}
// The tensor itself: references, elements, members.
void writes(Tensor &out, std::vector<Tensor> &all, std::map<std::string, Tensor> &named, Tensor *to) {
  out = torch::zeros({3});
  for (auto &w : all)
    w = w * 2;
  all[0] = torch::ones({3});
  for (auto &[name, w] : named)
    w = w.detach();
  auto &first = all[0];
  first = first + 1;
  *to = to->clone();
}
struct Holder {
  void set(Tensor x) { kept = x.clone(); }
  void renew() { kept = kept * 2; }
  Tensor kept;
};
// Memory is given back, or the tensor waits for another round.
void frees(Tensor x, std::vector<Tensor> &all) {
  auto y = all[0];
  std::cout << x << y;
  x = Tensor();
  y = torch::Tensor{};
  Tensor z = all[1];
  std::cout << z;
  z.reset();
}
// In place.
void inPlace(nn::Linear net, Tensor x) {
  torch::NoGradGuard guard;
  for (auto w : net->parameters())
    w.mul_(0.9);
  for (auto w : net->parameters())
    w *= 0.9;
  x.copy_(x.relu());
  x -= 1;
  x[0] = 1;
  auto g = x.grad();
  g.zero_();
  g = g.zero_();
}
// A tensor of its own: nothing else has the values that are lost.
void own(int64_t n) {
  Tensor x = torch::ones({n});
  std::cout << x;
  x = x + 1;
  static Tensor last;
  last = torch::ones({n});
}
// Warming up; what a call of the project or a module returns.
Tensor prepare(Tensor);
void warm(nn::Linear net, Tensor x) {
  for (int i = 0; i < 3; ++i)
    x = net(x);
  x = prepare(x);
}
// Something else leads there.
void shared(Tensor x, std::vector<std::function<void()>> &later) {
  Tensor *pointer = &x;
  x = x + 1;
  std::cout << *pointer;
  Tensor y = x.grad();
  auto &again = y;
  y = y * 2;
  std::cout << again;
  Tensor z = x.grad();
  later.push_back([&] { std::cout << z; });
  z = z * 2;
}
// A value in between, that another one replaces.
Tensor replaced(nn::Linear net, Tensor x, Tensor other) {
  x = torch::flatten(x, 1);
  x = net(other);
  return x;
}
