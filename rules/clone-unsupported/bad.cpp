// Three classes that do not come out of clone() as they went in.
#include <torch/torch.h>

#include <iostream>

struct PlainImpl : torch::nn::Module {
  PlainImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Plain);

struct LateImpl : torch::nn::Cloneable<LateImpl> {
  LateImpl() { fc = register_module("fc", torch::nn::Linear(4, 2)); } // flagged: torch-clone-unsupported
  void reset() override {}
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Late);

struct GrowingImpl : torch::nn::Cloneable<GrowingImpl> {
  GrowingImpl() { reset(); }
  void reset() override {
    for (int i = 0; i < 2; ++i)
      layers.push_back(register_module("l" + std::to_string(i), torch::nn::Linear(4, 4))); // flagged: torch-clone-unsupported
  }
  std::vector<torch::nn::Linear> layers;
};
TORCH_MODULE(Growing);

template <typename Clone> bool throws(Clone clone) {
  try {
    clone();
    return false;
  } catch (const c10::Error &) {
    return true;
  }
}

int main() {
  Plain plain;
  Late late;
  Growing growing;
  std::cout << "SYMPTOM clone_throws=" << throws([&] {
    plain->clone(); // flagged: torch-clone-unsupported
  }) << "\n";
  std::cout << "SYMPTOM cloneable_throws=" << throws([&] { late->clone(); }) << "\n";
  auto copy = std::dynamic_pointer_cast<GrowingImpl>(growing->clone());
  std::cout << "SYMPTOM layers_of_the_clone=" << copy->layers.size() << "\n"; // 4
}
