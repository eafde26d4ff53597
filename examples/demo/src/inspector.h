// Watches gradients and activations while a model trains.
#pragma once

#include "resnet.h"

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

namespace demo {

class Inspector {
 public:
  explicit Inspector(ResNet model) : model_(std::move(model)) {}
  ~Inspector();

  // Counts the gradients that are not finite, over all parameters.
  void watch_gradients();
  // Runs the model and keeps the gradient of its logits together with their size.
  torch::Tensor record_logits(const std::string& name, torch::Tensor images);
  // Prints the norm of a gradient once.
  void print_norm(torch::Tensor activation);

  int64_t not_finite() const {
    return not_finite_;
  }
  const std::map<std::string, std::vector<torch::Tensor>>& recorded() const {
    return recorded_;
  }

 private:
  ResNet model_;
  int64_t not_finite_ = 0;
  std::map<std::string, std::vector<torch::Tensor>> recorded_;
  std::vector<std::pair<torch::Tensor, unsigned>> handles_;
};

} // namespace demo
