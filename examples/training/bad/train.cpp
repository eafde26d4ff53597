// Trains a predictor and a slow copy of it. It runs, and says so in three numbers a round; seven mistakes keep it from learning and fill its memory.
#include "../model.h"

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

// The slow copy follows. It does not: gradients are blended in place of weights.
static void soft_update(Predictor &target, Predictor &source, double tau) {
  auto from = source->named_parameters();
  for (auto &item : target->named_parameters()) {
    auto &grad = item.value().mutable_grad();
    if (grad.defined())
      grad = (1 - tau) * grad + tau * from[item.key()].grad(); // target-update
  }
}

// Keeps the slope of the predictor small.
static void smooth(Predictor &net, const torch::Tensor &x) {
  auto slope = net->forward(x).pow(2).mean();
  slope.backward({}, /*retain_graph=*/true, /*create_graph=*/true); // graph-cycle
}

static void decay(torch::optim::SGD &optimizer, double rate) {
  for (auto &group : optimizer.param_groups()) {
    auto options = static_cast<torch::optim::SGDOptions &>(group.options()); // optimizer-options-copy
    options.lr(rate);
  }
}

int main(int argc, char **argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 200;
  torch::manual_seed(1);
  torch::set_num_threads(1);
  Predictor net, target;
  torch::optim::SGD optimizer(net->parameters(/*recurse=*/false), 0.02); // optimizer-parameters
  std::vector<torch::Tensor> predictions;
  auto held_out = angles(256);
  std::cout << "round,loss,MiB\n";
  for (int round = 0; round < rounds; ++round) {
    auto x = angles(256);
    optimizer.zero_grad();
    auto predicted = net->forward(x);
    auto loss = torch::mse_loss(predicted, swung(x));
    loss.backward();
    if (round == 0)
      std::cerr << "gradient of the prediction: " << predicted.grad() << '\n'; // non-leaf-grad
    if (round % 10 == 0)
      smooth(net, x);
    optimizer.step();
    decay(optimizer, 0.02 / (1 + 0.01 * round));
    soft_update(target, net, 0.05);
    torch::NoGradGuard(); // grad-guard
    predictions.push_back(net->forward(held_out)); // retained-graph
    double held_out_loss = torch::mse_loss(predictions.back(), swung(held_out)).item<double>();
    std::cout << round << ',' << held_out_loss << ',' << memory() << '\n';
  }
  torch::save(net, argc > 2 ? argv[2] : "predictor.pt");
}
