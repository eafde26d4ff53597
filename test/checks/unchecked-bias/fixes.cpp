// RUN: cp %s %t.cpp
// RUN: %check torch-unchecked-bias %t.cpp --config='{CheckOptions: {torch-unchecked-bias.AllowGeneric: false}}' --fix
// RUN: FileCheck %s --input-file=%t.cpp
// The result holds no finding any more, and compiles.
// RUN: %check torch-unchecked-bias %t.cpp --config='{CheckOptions: {torch-unchecked-bias.AllowGeneric: false}}' | FileCheck %s --check-prefix=AGAIN --allow-empty
// AGAIN-NOT: {{warning|error}}:
#include <torch/torch.h>
namespace nn = torch::nn;

void draw(nn::Module &m, nn::Conv2d conv) {
  if (auto *l = m.as<nn::Linear>())
    nn::init::zeros_(l->bias);
  // CHECK: {{^}}    if (l->bias.defined()) nn::init::zeros_(l->bias);
  for (auto &child : m.children())
    if (auto *norm = child->as<nn::BatchNorm2d>()) {
      nn::init::ones_(norm->weight);
      // CHECK: {{^}}      if (norm->weight.defined()) nn::init::ones_(norm->weight);
      norm->bias.data().zero_();
      // CHECK: {{^}}      if (norm->bias.defined()) norm->bias.data().zero_();
    }
  auto *b = m.named_parameters().find("bias");
  nn::init::zeros_(*b);
  // CHECK: {{^}}  if (b != nullptr) nn::init::zeros_(*b);
  if (conv)
    for (int i = 0; i < 2; ++i)
      conv->bias.data().add_(i);
  // CHECK: {{^}}      if (conv->bias.defined()) conv->bias.data().add_(i);
}
