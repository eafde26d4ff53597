#include "cross/net.h"

struct App : torch::nn::Module {
  App() : part(3) {}
  torch::Tensor forward(torch::Tensor x) { return part->fc->forward(x); }
  Part part;
};

int main() { App app; }
