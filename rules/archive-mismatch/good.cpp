// The same, with archives that are read as they were written.
#include <torch/script.h>
#include <torch/torch.h>

#include <iostream>
#include <sstream>

struct OldImpl : torch::nn::Module {
  OldImpl() { fc = register_module("fc", torch::nn::Linear(1, 1)); }
  torch::Tensor forward(torch::Tensor x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Old);

template <typename Code> bool throws(Code code) {
  try {
    code();
    return false;
  } catch (const std::exception &) {
    return true;
  }
}

int main() {
  Old old;
  Old other;
  torch::save(old, "module.pt");
  std::cout << "SYMPTOM load_throws=" << throws([&] {
    torch::load(other, "module.pt");
  }) << "\n";

  std::cout << "SYMPTOM script_throws=" << throws([&] {
    auto script = torch::jit::load("module.pt");
    script.attr("fc").toModule().attr("weight").toTensor();
  }) << "\n";

  std::stringstream stream;
  torch::save(std::vector<torch::Tensor>{torch::ones({2}), torch::full({2}, 2)}, stream);
  std::vector<torch::Tensor> tensors;
  torch::load(tensors, stream);
  std::cout << "SYMPTOM both_read=" << (tensors[0][0].item<float>() == 1 && tensors[1][0].item<float>() == 2) << "\n";
}
