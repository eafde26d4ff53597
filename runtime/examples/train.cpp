// Trains a residual network on generated data, after a look at it at start-up.

#include "residual_net.h"

#include <torchtidy/check.h>
#include <torchtidy/summary.h>

#include <iostream>

int main() {
  torch::manual_seed(1);
  ResidualNet net(3);
  std::cout << torchtidy::summary(net, make_batch(2).first) << '\n';

  torch::optim::Adam optimizer(net->parameters(), 1e-2);
  for (const auto& finding : torchtidy::check(net, optimizer)) {
    TORCH_CHECK(false, finding);
  }

  const auto step = [&] {
    const auto batch = make_batch(32);
    const auto loss = torch::nn::functional::cross_entropy(net(batch.first), batch.second);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    return loss.item<double>();
  };
  const double first = step();
  double last = first;
  for (int i = 0; i < 60; ++i) {
    last = step();
  }
  std::cout << "loss " << first << " -> " << last << '\n';
  TORCH_CHECK(last < first / 2, "the loss did not fall: ", first, " -> ", last);
}
