#include "inspector.h"

#include <iostream>

namespace demo {

Inspector::~Inspector() {
  for (auto& [tensor, position] : handles_) {
    tensor.remove_hook(position);
  }
}

void Inspector::watch_gradients() {
  for (auto& parameter : model_->parameters()) {
    parameter.register_hook([this](torch::Tensor grad) {
      not_finite_ += grad.isfinite().logical_not().sum().item<int64_t>();
    });
  }
}

torch::Tensor Inspector::record(const std::string& name, torch::Tensor activation) {
  auto scale = activation.abs().mean();
  auto position = activation.register_hook([this, name, scale](torch::Tensor grad) {
    recorded_[name].push_back(grad * scale);
  });
  handles_.emplace_back(activation, position);
  return activation;
}

void Inspector::print_norm(torch::Tensor activation) {
  activation.register_hook([activation](torch::Tensor grad) {
    std::cout << "gradient " << grad.norm().item<double>() << " at an activation of norm "
              << activation.norm().item<double>() << "\n";
  });
}

} // namespace demo
