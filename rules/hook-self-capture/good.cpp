// The hook captures the values, a tensor of its own that knows nothing of the hook.
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
    h.register_hook([scale = h.detach().abs()](torch::Tensor grad) { return grad * scale; });
    h.sum().backward();
  }
  int alive = 0;
  for (auto& weak : made) {
    alive += !weak.expired();
  }
  std::cout << "SYMPTOM tensors_alive=" << alive << "\n"; // 0 of 50
}
