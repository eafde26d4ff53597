// The same without the mistakes, by what the runtime library has.
#include "../model.h"

#include <torchtidy/training.h>

#include <cmath>
#include <fstream>
#include <iostream>
#include <unistd.h>

// Of this process, in MiB.
static double memory() {
  std::ifstream status("/proc/self/statm");
  double total = 0, resident = 0;
  status >> total >> resident;
  return resident * double(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

// Keeps the slope of the predictor small.
static torch::Tensor smoothness(Predictor &net, const torch::Tensor &x) { return 1e-4 * net->forward(x).pow(2).mean(); }

int main(int argc, char **argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 200;
  torch::manual_seed(1);
  torch::set_num_threads(1);
  Predictor net, target;
  torchtidy::copy_weights(target, net);
  torch::optim::SGD optimizer(net->parameters(), 0.02);
  torchtidy::LossMeter losses;
  auto held_out = angles(256);
  std::cout << "round,loss,MiB\n";
  for (int round = 0; round < rounds; ++round) {
    auto x = angles(256);
    optimizer.zero_grad();
    auto predicted = net->forward(x);
    if (round == 0)
      predicted.retain_grad();
    auto loss = torch::mse_loss(predicted, swung(x));
    losses.add(loss);
    if (round % 10 == 0)
      loss = loss + smoothness(net, x);
    loss.backward();
    if (round == 0)
      std::cerr << "gradient of the prediction: " << predicted.grad().norm().item<double>() << '\n';
    optimizer.step();
    torchtidy::set_learning_rate(optimizer, 0.02 / (1 + 0.01 * round));
    torchtidy::soft_update(target, net, 0.05);
    torchtidy::InferenceScope scope(net);
    double held_out_loss = torch::mse_loss(net->forward(held_out), swung(held_out)).item<double>();
    std::cout << round << ',' << held_out_loss << ',' << memory() << '\n';
  }
  std::cerr << "mean loss in training: " << losses.mean() << '\n';
  torch::save(net, argc > 2 ? argv[2] : "predictor.pt");
}
