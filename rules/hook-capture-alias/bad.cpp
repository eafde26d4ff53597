// The hook compares the gradient with the activation as it was. Detached, the captured tensor still
// shows the storage that the in-place operator writes to.
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Linear net(4, 4);
  torch::Tensor h = net(torch::ones({1, 4}));
  double before = h.sum().item<double>();
  double seen = 0;
  h.register_hook([activation = h.detach(), &seen](torch::Tensor) { // flagged: torch-hook-capture-alias
    seen = activation.sum().item<double>();
  });
  h += 10;
  h.sum().backward();
  bool changed = std::abs(seen - before) > 1e-3;
  std::cout << "SYMPTOM captured_values_changed=" << changed << "\n"; // 1
}
