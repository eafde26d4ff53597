// Archives that cannot be read as they were written.
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

struct NewImpl : torch::nn::Module {
  NewImpl() { head = register_module("head", torch::nn::Linear(1, 1)); }
  torch::Tensor forward(torch::Tensor x) { return head(x); }
  torch::nn::Linear head{nullptr};
};
TORCH_MODULE(New);

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
  New other;
  torch::save(old, "module.pt");
  std::cout << "SYMPTOM load_throws=" << throws([&] {
    torch::load(other, "module.pt"); // flagged: torch-archive-mismatch
  }) << "\n";

  std::cout << "SYMPTOM script_throws=" << throws([&] {
    auto script = torch::jit::load("module.pt"); // flagged: torch-archive-mismatch
    script.forward({torch::ones({1})});
  }) << "\n";

  std::stringstream stream;
  torch::save(torch::ones({2}), stream);
  torch::save(torch::full({2}, 2), stream); // flagged: torch-archive-mismatch
  torch::Tensor first, second;
  bool both_read = !throws([&] {
    torch::load(first, stream);
    torch::load(second, stream);
  });
  std::cout << "SYMPTOM both_read=" << (both_read && first[0].item<float>() == 1 && second[0].item<float>() == 2) << "\n";
}
