// Two models record their gradient norm through the same hook, which has one place for it.
#include <torch/torch.h>

#include <iostream>

static double last_norm = 0;

struct Trainer {
  torch::Tensor w;
  explicit Trainer(double value) : w(torch::full({1}, value, torch::requires_grad())) {
    handle = w.register_hook([](torch::Tensor grad) {
      last_norm = grad.norm().item<double>(); // flagged: torch-global-state-in-hook
    });
  }
  ~Trainer() {
    w.remove_hook(handle);
  }
  double norm() const {
    return last_norm;
  }
  unsigned handle;
};

int main() {
  Trainer a(1.0), b(5.0);
  (a.w * a.w).sum().backward(); // gradient 2
  (b.w * b.w).sum().backward(); // gradient 10
  std::cout << "SYMPTOM wrong_norms=" << (a.norm() != 2.0) + (b.norm() != 10.0) << "\n"; // 1
}
