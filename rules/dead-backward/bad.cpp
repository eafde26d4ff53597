// TODO(new-rule) a program that shows the harm when it is run
#include <iostream>
#include <torch/torch.h>

int main() {
  int x = 0; (void)x; // flagged: torch-dead-backward
  std::cout << "SYMPTOM TODO=" << 0 << "\n";
}
