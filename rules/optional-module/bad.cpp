// A norm that exists only when asked for; forward tests it, and archives tell the two kinds apart.
#include <torch/torch.h>

#include <iostream>
#include <sstream>

struct NetImpl : torch::nn::Module {
  explicit NetImpl(bool with_norm) {
    fc = register_module("fc", torch::nn::Linear(4, 4));
    if (with_norm) {
      norm = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({4})));
    }
  }
  torch::Tensor forward(torch::Tensor x) {
    x = fc->forward(x);
    return norm ? norm->forward(x) : x;
  }
  torch::nn::Linear fc{nullptr};
  torch::nn::LayerNorm norm{nullptr}; // flagged: torch-optional-module
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
    std::cerr << error.what_without_backtrace() << "\n"; // No such serialized submodule: 'norm'
    ++thrown;
  }
  std::cout << "SYMPTOM loads_that_throw=" << thrown << "\n"; // 1
}
