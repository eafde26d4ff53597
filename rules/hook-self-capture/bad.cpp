// The hook scales the gradient by the tensor's own values, and captures the tensor to read them.
#include <torch/torch.h>

#include <iostream>
#include <vector>

using WeakTensor = c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

int main() {
  torch::nn::Linear net(4, 4);
  std::vector<WeakTensor> made;
  for (int step = 0; step < 50; ++step) {
    torch::Tensor h = net(torch::ones({8, 4}));
    made.emplace_back(h.getIntrusivePtr());
    h.register_hook([h](torch::Tensor grad) { // flagged: torch-hook-self-capture
      return grad * h.detach().abs();
    });
    h.sum().backward();
  }
  int alive = 0;
  for (auto& weak : made) {
    alive += !weak.expired();
  }
  std::cout << "SYMPTOM tensors_alive=" << alive << "\n"; // 50 of 50
}
