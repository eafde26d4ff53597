// RUN: cp %s %t.cpp
// RUN: %check torch-undetached-hook-capture %t.cpp --fix
// RUN: FileCheck %s --input-file=%t.cpp
#include <torch/torch.h>
using torch::Tensor;

void penalty(torch::nn::Linear net, bool flag, const Tensor &mask, std::vector<Tensor> &out, std::map<int, Tensor> &named) {
  Tensor x = torch::ones({1, 2}, torch::requires_grad());
  Tensor norm;
  x.register_hook([&](Tensor grad) {
    out.push_back(grad);
    // CHECK: {{^}}    out.push_back(grad.detach());
    norm = grad.norm();
    // CHECK: {{^}}    norm = grad.norm().detach();
    named[1] = grad * 2;
    // CHECK: {{^}}    named[1] = (grad * 2).detach();
    named.emplace(2, grad[0]);
    // CHECK: {{^}}    named.emplace(2, grad[0].detach());
    // What has the graph in one branch and in both.
    named[3] = flag ? mask : grad * 2;
    // CHECK: {{^}}    named[3] = flag ? mask : (grad * 2).detach();
    named[4] = flag ? grad : grad * 2;
    // CHECK: {{^}}    named[4] = (flag ? grad : grad * 2).detach();
  });
  net(x).sum().backward({}, true, true);
}

std::vector<Tensor> kept;
void end(const at::RecordFunction &fn, at::ObserverContext *) {
  kept.push_back(fn.outputs()[0].toTensor());
  // An operator would call the callback again.
  // CHECK: {{^}}  kept.push_back(fn.outputs()[0].toTensor().variable_data());
}
at::CallbackHandle record() {
  return at::addGlobalCallback(at::RecordFunctionCallback(nullptr, end));
}
