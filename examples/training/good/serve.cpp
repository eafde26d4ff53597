// Loads what was trained and answers: the same question gets the same answer.
#include "../model.h"

#include <torchtidy/training.h>

#include <iostream>

int main(int argc, char **argv) {
  Predictor net;
  torch::load(net, argc > 1 ? argv[1] : "predictor.pt");
  torchtidy::InferenceScope scope(net);
  auto question = torch::full({1, 1}, 0.5);
  auto first = net->forward(question);
  auto second = net->forward(question);
  std::cout << "the same answer: " << torch::equal(first, second) << ", with a graph: " << first.requires_grad() << '\n';
}
