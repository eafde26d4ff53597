// Inference in eval(): the graph is recorded all the same.
#include <torch/torch.h>

#include <iostream>

int main() {
  torch::nn::Linear net(4, 2);
  net->eval();
  auto output = net->forward(torch::ones({1, 4})); // flagged: torch-inference-graph
  std::cout << "SYMPTOM records_graph=" << output.requires_grad() << "\n"; // 1
}
