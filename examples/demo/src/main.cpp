#include "inspector.h"
#include "trainer.h"

#include <iostream>

int main() {
  torch::manual_seed(1);
  demo::ResNet model(std::vector<int64_t>{16, 32, 64}, 10, 0.2);
  demo::Trainer trainer(model, {});
  demo::Inspector inspector(model);
  inspector.watch_gradients();

  std::vector<torch::data::Example<>> batches;
  for (int i = 0; i < 4; ++i) {
    batches.emplace_back(torch::rand({8, 3, 32, 32}), torch::randint(10, {8}));
  }
  for (int epoch = 0; epoch < 2; ++epoch) {
    std::cout << "epoch " << epoch << " loss " << trainer.run_epoch(batches) << " accuracy "
              << trainer.evaluate(batches) << "\n";
  }
  trainer.save("demo.pt");
}
