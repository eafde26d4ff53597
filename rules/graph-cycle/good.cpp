// The gradient is returned and goes with the round.
#include <torch/torch.h>

#include <iostream>

int main() {
  c10::weak_intrusive_ptr<at::TensorImpl> left(torch::ones({1}).getIntrusivePtr());
  {
    auto x = torch::ones({1}, torch::requires_grad());
    auto y = x * x;
    auto gradient = torch::autograd::grad({y}, {x}, {}, /*retain_graph=*/true, /*create_graph=*/true)[0];
    left = c10::weak_intrusive_ptr<at::TensorImpl>(x.getIntrusivePtr());
  }
  std::cout << "SYMPTOM round_is_freed=" << left.expired() << "\n"; // 1
}
