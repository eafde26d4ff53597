// A table that is registered as a parameter is initialised like one.
#include <torch/torch.h>

#include <iostream>

struct EmbedImpl : torch::nn::Module {
  EmbedImpl() {
    fc = register_module("fc", torch::nn::Linear(2, 2));
    table = register_parameter("table", torch::arange(4, torch::kFloat), false); // flagged: torch-constant-parameter
  }
  torch::nn::Linear fc{nullptr};
  torch::Tensor table;
};
TORCH_MODULE(Embed);

int main() {
  Embed net;
  std::cout << "SYMPTOM parameters=" << net->parameters().size() << "\n";
  torch::NoGradGuard no_grad;
  for (auto &parameter : net->parameters())
    torch::nn::init::zeros_(parameter);
  std::cout << "SYMPTOM table_sum=" << net->table.sum().item<int>() << "\n";
}
