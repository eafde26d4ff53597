// The norm is always made and registered; a flag says whether forward runs it.
#include <torch/torch.h>

#include <iostream>
#include <sstream>

struct NetImpl : torch::nn::Module {
  explicit NetImpl(bool with_norm) : with_norm(with_norm) {
    fc = register_module("fc", torch::nn::Linear(4, 4));
    norm = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({4})));
  }
  torch::Tensor forward(torch::Tensor x) {
    x = fc->forward(x);
    return with_norm ? norm->forward(x) : x;
  }
  bool with_norm;
  torch::nn::Linear fc{nullptr};
  torch::nn::LayerNorm norm{nullptr};
};
TORCH_MODULE(Net);

int main() {
  Net plain(false), normed(true);
  std::stringstream archive;
  torch::save(plain, archive);
  int thrown = 0;
  try {
    torch::load(normed, archive);
  } catch (const c10::Error& error) {
    std::cerr << error.what_without_backtrace() << "\n";
    ++thrown;
  }
  std::cout << "SYMPTOM loads_that_throw=" << thrown << "\n"; // 0
}
