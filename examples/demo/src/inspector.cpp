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

torch::Tensor Inspector::record_logits(const std::string& name, torch::Tensor images) {
  auto logits = model_->forward(images);
  auto scale = logits.abs().mean();
  auto position = logits.register_hook([this, name, scale](torch::Tensor grad) {
    recorded_[name].push_back(grad);
    recorded_[name + ".scale"].push_back(scale);
  });
  handles_.emplace_back(logits, position);
  return logits;
}

void Inspector::print_norm(torch::Tensor activation) {
  activation.register_hook([activation](torch::Tensor grad) {
    std::cout << "gradient " << grad.norm().item<double>() << " at an activation of norm "
              << activation.norm().item<double>() << "\n";
  });
}

} // namespace demo
