// The hook says that it is done; whoever installed it removes it after the backward.
#include <torch/torch.h>

#include <iostream>
#include <memory>

struct Log {
  explicit Log(bool& gone) : gone(gone) {}
  ~Log() {
    gone = true;
  }
  bool& gone;
};

int main() {
  torch::Tensor w = torch::ones({2}, torch::requires_grad());
  bool done = false;
  bool log_gone = false, gone_while_running = false;
  auto log = std::make_shared<Log>(log_gone);
  unsigned handle = w.register_hook([&, log](torch::Tensor) {
    done = true;
    gone_while_running = log_gone;
  });
  log.reset();
  w.sum().backward();
  if (done) {
    w.remove_hook(handle);
  }
  std::cout << "SYMPTOM captures_destroyed_while_running=" << gone_while_running << "\n"; // 0
}
