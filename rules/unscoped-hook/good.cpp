// An owner removes the hook however the step ends.
#include <torch/torch.h>

#include <iostream>

class HalvedGradient {
 public:
  explicit HalvedGradient(torch::Tensor tensor) : tensor_(tensor) {
    handle_ = tensor_.register_hook([](torch::Tensor grad) { return grad * 0.5; });
  }
  ~HalvedGradient() {
    tensor_.remove_hook(handle_);
  }
  HalvedGradient(const HalvedGradient&) = delete;
  HalvedGradient& operator=(const HalvedGradient&) = delete;

 private:
  torch::Tensor tensor_;
  unsigned handle_;
};

void half_step(torch::nn::Linear& net, torch::Tensor x) {
  HalvedGradient halved(net->weight);
  net(x).sum().backward();
}

int main() {
  torch::nn::Linear net(4, 1);
  try {
    half_step(net, torch::ones({2, 3})); // wrong shape: throws
  } catch (const c10::Error&) {
  }
  net->zero_grad();
  net(torch::ones({1, 4})).sum().backward();
  double gradient = net->weight.grad()[0][0].item<double>();
  std::cout << "SYMPTOM gradient_factor=" << gradient << "\n"; // 1
}
