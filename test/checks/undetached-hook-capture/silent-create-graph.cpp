// Gradients have a graph here (create_graph); what is stored of them has none.
// RUN: %check torch-undetached-hook-capture %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

void shape_of_gradient(torch::nn::Linear net, std::vector<std::vector<int64_t>> &shapes, std::vector<Tensor> &host) {
  Tensor x = torch::ones({1, 2}, torch::requires_grad());
  x.register_hook([&](Tensor grad) {
    shapes.push_back(grad.sizes().vec());
    host.push_back(grad.detach().cpu());
  });
  net(x).sum().backward({}, true, true);
}
