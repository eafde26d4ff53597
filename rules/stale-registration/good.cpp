// The running mean is updated in place.
#include <torch/torch.h>

#include <iostream>

struct NormImpl : torch::nn::Module {
  NormImpl() {
    running_mean = register_buffer("running_mean", torch::zeros({4}));
  }
  torch::Tensor forward(torch::Tensor x) {
    if (is_training()) {
      torch::NoGradGuard no_grad;
      running_mean.mul_(0.9).add_(x.mean(0), 0.1);
    }
    return x - running_mean;
  }
  torch::Tensor running_mean;
};
TORCH_MODULE(Norm);

int main() {
  Norm norm;
  norm(torch::ones({8, 4}));
  auto saved = norm->named_buffers()["running_mean"];
  std::cout << "SYMPTOM saved_mean_is_the_one_in_use=" << saved.equal(norm->running_mean) << "\n"; // 1
}
