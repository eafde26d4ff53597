// RUN: %check torch-hook-capture-alias %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;
namespace F = torch::nn::functional;

void look(Tensor x, double &seen, bool flag) {
  auto read = [&seen](const Tensor &d) { seen = d.sum().item<double>(); };
  // Nothing changes it afterwards.
  auto a = x * 2;
  a.register_hook([d = a.detach(), read](Tensor) { read(d); });
  // A copy.
  auto b = x * 2;
  b.register_hook([d = b.detach().clone(), read](Tensor) { read(d); });
  b += 1;
  auto b2 = x * 2;
  b2.register_hook([d = b2.clone().detach(), read](Tensor) { read(d); });
  b2 += 1;
  // Changed before, not after.
  auto c = x * 2;
  c += 1;
  c.register_hook([d = c.detach(), read](Tensor) { read(d); });
  // Rebound: a new storage.
  auto e = x * 2;
  e.register_hook([d = e.detach(), read](Tensor) { read(d); });
  e = e + 1;
  e += 1;
  // Another tensor is changed.
  auto f = x * 2, g = x * 3;
  f.register_hook([d = f.detach(), read](Tensor) { read(d); });
  g += 1;
  // An operator that only sounds like a change.
  auto h = x * 2;
  h.register_hook([d = h.detach(), read](Tensor) { read(d); });
  h.requires_grad_();
  h.detach_();
  // Out of place.
  auto i = x * 2;
  i.register_hook([d = i.detach(), read](Tensor) { read(d); });
  i = F::relu(i);
  i = F::relu(i, F::ReLUFuncOptions().inplace(false));
  torch::nn::ReLU act;
  i = act(i);
  // A number.
  auto j = x * 2;
  j.register_hook([m = j.detach().mean().item<double>(), &seen](Tensor) { seen = m; });
  j += 1;
  // Values of its own.
  auto k = x * 2;
  k.register_hook([d = k.detach().abs(), read](Tensor) { read(d); });
  k += 1;
  // The other branch.
  auto l = x * 2;
  if (flag)
    l.register_hook([d = l.detach(), read](Tensor) { read(d); });
  else
    l += 1;
  // Not detached: autograd itself finds the change.
  auto m = x * 2;
  auto y = m * 3;
  y.register_hook([m, read](Tensor) { read(m); });
  m += 1;
  // After the path has left the function.
  auto n = x * 2;
  if (flag) {
    n.register_hook([d = n.detach(), read](Tensor) { read(d); });
    return;
  }
  n += 1;
}

// A copy that the body makes before it changes the gradient.
unsigned body(Tensor w, std::vector<Tensor> &grads) {
  return w.register_hook([&grads](Tensor grad) {
    grads.push_back(grad.detach().clone());
    grad.mul_(0.5);
    return grad;
  });
}

// Changed first, stored afterwards.
unsigned after(Tensor w, std::vector<Tensor> &grads) {
  return w.register_hook([&grads](Tensor grad) {
    grad.mul_(0.5);
    grads.push_back(grad.detach());
    return grad;
  });
}
