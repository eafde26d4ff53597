// Weights are copied by name from an older model in which the head had another name.
#include <torch/torch.h>

#include <iostream>

struct NetImpl : torch::nn::Module {
  explicit NetImpl(const std::string& head_name)
      : body(register_module("body", torch::nn::Linear(4, 4))),
        head(register_module(head_name, torch::nn::Linear(4, 2))) {}
  torch::nn::Linear body, head;
};
TORCH_MODULE(Net);

int copy_weights(Net& from, Net& to) {
  torch::NoGradGuard no_grad;
  auto stored = from->named_parameters();
  for (auto& item : to->named_parameters()) {
    auto* found = stored.find(item.key());
    if (found != nullptr) { // flagged: torch-unchecked-partial-load
      item.value().copy_(*found);
    }
  }
  return 0; // nothing was told about
}

int main() {
  Net old("classifier"), net("head");
  int told = copy_weights(old, net);
  int random = 0;
  auto expected = old->parameters(), got = net->parameters();
  for (size_t i = 0; i < got.size(); ++i) {
    random += !torch::equal(expected[i], got[i]);
  }
  std::cout << "SYMPTOM untold_random_tensors=" << random - told << "\n"; // 2: the head's weight and bias
}
