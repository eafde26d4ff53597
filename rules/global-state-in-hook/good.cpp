// Each trainer keeps its own norm.
#include <torch/torch.h>

#include <iostream>

struct Trainer {
  torch::Tensor w;
  explicit Trainer(double value) : w(torch::full({1}, value, torch::requires_grad())) {
    handle = w.register_hook([this](torch::Tensor grad) { last_norm = grad.norm().item<double>(); });
  }
  ~Trainer() {
    w.remove_hook(handle);
  }
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;
  double norm() const {
    return last_norm;
  }
  unsigned handle;
  double last_norm = 0;
};

int main() {
  Trainer a(1.0), b(5.0);
  (a.w * a.w).sum().backward(); // gradient 2
  (b.w * b.w).sum().backward(); // gradient 10
  std::cout << "SYMPTOM wrong_norms=" << (a.norm() != 2.0) + (b.norm() != 10.0) << "\n"; // 0
}
