// Stock clang-tidy with the plugin loaded: a finding, its note, NOLINT, an option from the command line.
// RUN: not %clang-tidy --load=%plugin --checks=-*,torch-null-module,torch-optional-module --warnings-as-errors=* %s -- %torch-flags -include-pch %preamble 2>&1 | FileCheck %s
// RUN: %clang-tidy --load=%plugin --checks=-*,torch-null-module,torch-optional-module '--config={CheckOptions: {torch-null-module.AllowGuarded: true}}' %s \
// RUN:   -- %torch-flags -include-pch %preamble 2>&1 | FileCheck --check-prefix=OPTION %s
#include <torch/torch.h>

struct NetImpl : torch::nn::Module {
  explicit NetImpl(bool Wide) {
    if (Wide)
      used = register_module("used", torch::nn::Linear(4, 4));
    if (Wide)
      guarded = register_module("guarded", torch::nn::Linear(4, 4));
  }
  torch::Tensor forward(torch::Tensor x) {
    if (guarded)
      x = guarded(x);
    return used->forward(x);
  }
  torch::nn::Linear used{nullptr};
  // CHECK: finds.cpp:[[@LINE-1]]:21: error: 'used' {{.*}} [torch-null-module,-warnings-as-errors]
  // OPTION: finds.cpp:[[@LINE-2]]:21: warning: 'used' {{.*}} [torch-null-module]
  torch::nn::Linear guarded{nullptr};
  // CHECK: finds.cpp:[[@LINE-1]]:21: error: 'guarded' {{.*}} [torch-optional-module,-warnings-as-errors]
  // OPTION-NOT: warning:
  torch::nn::Linear silenced{nullptr}; // NOLINT(torch-null-module)
  // CHECK-NOT: silenced
};
