// The same, with what clone() needs.
#include <torch/torch.h>

#include <iostream>

struct PlainImpl : torch::nn::Cloneable<PlainImpl> {
  PlainImpl() { reset(); }
  void reset() override { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Plain);

struct LateImpl : torch::nn::Cloneable<LateImpl> {
  LateImpl() { reset(); }
  void reset() override { fc = register_module("fc", torch::nn::Linear(4, 2)); }
  torch::nn::Linear fc{nullptr};
};
TORCH_MODULE(Late);

struct GrowingImpl : torch::nn::Cloneable<GrowingImpl> {
  GrowingImpl() { reset(); }
  void reset() override {
    layers.clear();
    for (int i = 0; i < 2; ++i)
      layers.push_back(register_module("l" + std::to_string(i), torch::nn::Linear(4, 4)));
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
  std::cout << "SYMPTOM clone_throws=" << throws([&] { plain->clone(); }) << "\n";
  std::cout << "SYMPTOM cloneable_throws=" << throws([&] { late->clone(); }) << "\n";
  auto copy = std::dynamic_pointer_cast<GrowingImpl>(growing->clone());
  std::cout << "SYMPTOM layers_of_the_clone=" << copy->layers.size() << "\n"; // 2
}
