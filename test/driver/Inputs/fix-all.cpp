// Findings of every rule whose fix keeps the meaning, some of them on one line or statement.
#include "fix-all.h"

namespace nn = torch::nn;
using torch::Tensor;

struct NetImpl : nn::Module {
  explicit NetImpl(int64_t n) : listed(n, n) {
    body = nn::Sequential(nn::Linear(n, n), nn::Dropout(0.5)), table = torch::ones({n});
    for (int i = 0; i < 3; ++i)
      layers.push_back(nn::Linear(nn::LinearOptions(n, n).bias(i > 0)));
    norm = register_module("norm", nn::BatchNorm1d(nn::BatchNorm1dOptions(n).affine(false)));
    nn::init::zeros_(norm->bias);
    scale = register_parameter("scale", torch::ones({n}));
    scale.mul_(0.5);
  }
  Tensor forward(Tensor x) {
    x = norm(body->forward(listed(x))) * scale + table;
    for (auto &layer : layers)
      x = layer(x);
    return x;
  }
  nn::Linear listed;
  nn::Sequential body{nullptr};
  std::vector<nn::Linear> layers;
  nn::BatchNorm1d norm{nullptr};
  Tensor table, scale;
};

Tensor watch(nn::Linear fc, Tensor x, std::vector<Tensor> &outputs) {
  auto y = fc(x);
  y.register_hook([&outputs, y](Tensor grad) { outputs.push_back(y); });
  return y;
}
