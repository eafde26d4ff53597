// TODO(new-rule) the same program put right
#include <iostream>
#include <torch/torch.h>

int main() {
  
  std::cout << "SYMPTOM TODO=" << 1 << "\n";
}
