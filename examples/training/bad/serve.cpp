// Loads what was trained and answers. The same question gets another answer each time, and each answer carries a graph.
#include "../model.h"

#include <iostream>

int main(int argc, char **argv) {
  Predictor net;
  torch::load(net, argc > 1 ? argv[1] : "predictor.pt");
  auto question = torch::full({1, 1}, 0.5);
  auto first = net->forward(question); // missing-eval, inference-graph
  auto second = net->forward(question);
  std::cout << "the same answer: " << torch::equal(first, second) << ", with a graph: " << first.requires_grad() << '\n';
}
