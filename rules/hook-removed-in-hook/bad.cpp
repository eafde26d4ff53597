// A hook that is meant to run once removes itself, and so destroys its own closure while it runs:
// what it reads of its captures afterwards is freed memory.
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
  unsigned handle = 0;
  bool log_gone = false, gone_while_running = false;
  auto log = std::make_shared<Log>(log_gone);
  handle = w.register_hook([&, log](torch::Tensor) {
    w.remove_hook(handle); // flagged: torch-hook-removed-in-hook
    gone_while_running = log_gone;
  });
  log.reset(); // the closure is the only owner
  w.sum().backward();
  std::cout << "SYMPTOM captures_destroyed_while_running=" << gone_while_running << "\n"; // 1
}
