// Gradients with a graph stay in the leaves: what a round computes outlives it.
#include <torch/torch.h>

#include <iostream>

int main() {
  c10::weak_intrusive_ptr<at::TensorImpl> left(torch::ones({1}).getIntrusivePtr());
  {
    auto x = torch::ones({1}, torch::requires_grad());
    auto y = x * x;
    y.backward({}, /*retain_graph=*/true, /*create_graph=*/true); // flagged: torch-graph-cycle
    left = c10::weak_intrusive_ptr<at::TensorImpl>(x.getIntrusivePtr());
  }
  std::cout << "SYMPTOM round_is_freed=" << left.expired() << "\n"; // 0
}
