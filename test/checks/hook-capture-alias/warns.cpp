#include <torch/torch.h>
using torch::Tensor;
namespace F = torch::nn::functional;

void init_capture(Tensor x, Tensor &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d; });
  h += 1;
}

void local(Tensor x, double &seen) {
  auto h = x * 2;
  auto saved = h.detach();
  h.register_hook([saved, &seen](Tensor) { seen = saved.sum().item<double>(); });
  h.relu_();
}

void view(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach().view({-1}), &seen](Tensor) { seen = d[0].item<double>(); });
  h[0] = 5;
}

void functional(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  h = F::relu(h, F::ReLUFuncOptions().inplace(true));
}

void free_function(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.data(), &seen](Tensor) { seen = d.sum().item<double>(); });
  torch::relu_(h);
}

void out_argument(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  torch::add_out(h, x, x);
}

void module(Tensor x, double &seen) {
  torch::nn::ReLU act(torch::nn::ReLUOptions().inplace(true));
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  act(h);
}

void one_path(Tensor x, double &seen, bool bump) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  if (bump)
    h.add_(1);
}

void next_pass(Tensor x, double &seen) {
  auto h = x * 2;
  for (int i = 0; i < 3; ++i) {
    h.mul_(2);
    h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  }
}

// In the hook's own body.
unsigned body(Tensor w, std::vector<Tensor> &grads) {
  return w.register_hook([&grads](Tensor grad) {
    grads.push_back(grad.detach());
    grad.mul_(0.5);
    return grad;
  });
}

void index_put(Tensor x, double &seen) {
  auto h = x * 2;
  h.register_hook([d = h.detach(), &seen](Tensor) { seen = d.sum().item<double>(); });
  h.view({-1}).fill_(0);
}
