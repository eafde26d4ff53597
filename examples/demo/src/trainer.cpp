#include "trainer.h"

namespace demo {

Trainer::Trainer(ResNet model, TrainerOptions options)
    : model_(std::move(model)),
      options_(options),
      optimizer_(model_->parameters(), torch::optim::SGDOptions(options.learning_rate).momentum(0.9)) {}

double Trainer::run_epoch(const std::vector<torch::data::Example<>>& batches) {
  model_->train();
  double total = 0;
  for (const auto& batch : batches) {
    optimizer_.zero_grad();
    auto loss = torch::nn::functional::cross_entropy(model_(batch.data), batch.target);
    loss.backward();
    torch::nn::utils::clip_grad_norm_(model_->parameters(), options_.clip);
    optimizer_.step();
    total += loss.item<double>();
  }
  return total / static_cast<double>(batches.size());
}

double Trainer::evaluate(const std::vector<torch::data::Example<>>& batches) {
  torch::NoGradGuard no_grad;
  model_->eval();
  int64_t right = 0, all = 0;
  for (const auto& batch : batches) {
    right += model_(batch.data).argmax(1).eq(batch.target).sum().item<int64_t>();
    all += batch.target.size(0);
  }
  return static_cast<double>(right) / static_cast<double>(all);
}

void Trainer::save(const std::string& path) const {
  torch::save(model_, path);
}

} // namespace demo
