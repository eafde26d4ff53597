// Dropouts that follow the mode of their module.
#include <torch/torch.h>

#include <iostream>

namespace F = torch::nn::functional;

struct NetImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    return F::dropout(x, F::DropoutFuncOptions().p(0.5).training(is_training()));
  }
};
TORCH_MODULE(Net);

struct ToldImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    return torch::dropout(x, 0.5, /*train=*/is_training());
  }
};
TORCH_MODULE(Told);

struct AlphaImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    return F::alpha_dropout(x, F::AlphaDropoutFuncOptions().p(0.5).training(is_training()));
  }
};
TORCH_MODULE(Alpha);

template <typename Model> bool differs(Model model) {
  auto x = torch::ones({1000});
  return !model->forward(x).equal(model->forward(x));
}

int main() {
  Net net;
  net->eval();
  std::cout << "SYMPTOM differs_in_eval=" << differs(net) << "\n";
  Told told;
  told->eval();
  std::cout << "SYMPTOM told_differs_in_eval=" << differs(told) << "\n";
  std::cout << "SYMPTOM alpha_differs_in_training=" << differs(Alpha()) << "\n";
}
