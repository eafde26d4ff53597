// Trains a classifier; nothing here is wrong.
#pragma once

#include "resnet.h"

#include <torch/torch.h>

#include <string>

namespace demo {

struct TrainerOptions {
  double learning_rate = 0.05;
  double clip = 1.0;
  int64_t epochs = 2;
};

class Trainer {
 public:
  Trainer(ResNet model, TrainerOptions options);

  // One pass over the batches; returns the mean loss.
  double run_epoch(const std::vector<torch::data::Example<>>& batches);
  double evaluate(const std::vector<torch::data::Example<>>& batches);
  void save(const std::string& path) const;

 private:
  ResNet model_;
  TrainerOptions options_;
  torch::optim::SGD optimizer_;
};

} // namespace demo
