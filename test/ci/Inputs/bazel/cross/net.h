#pragma once
#include "cross/part.h"

struct NetImpl : torch::nn::Module {
  NetImpl();
  torch::Tensor forward(torch::Tensor x);
  void setup();
  torch::nn::Linear first{nullptr}, second{nullptr};
};
