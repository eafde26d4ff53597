// REQUIRES: driver
// The default output: source lines with a caret, notes under the finding, a summary by rule; the exit status.
// RUN: not %torch-tidy check %s --cache-dir=%build/preambles --checks=-*,torch-null-module -- %torch-flags > %t.out
// RUN: FileCheck %s < %t.out
// RUN: %torch-tidy check %s --cache-dir=%build/preambles --checks=-*,torch-registration-name -- %torch-flags | FileCheck %s --check-prefix=CLEAN
// RUN: not %torch-tidy check %s --cache-dir=%build/preambles --checks=-*,torch-null-module --output-format=clang-tidy -- %torch-flags > %t.tidy
// RUN: FileCheck %s --check-prefix=TIDY < %t.tidy
// RUN: not %torch-tidy check %s --cache-dir=%build/preambles --checks=-*,torch-null-module --warnings-as-errors=* -- %torch-flags | FileCheck %s --check-prefix=ERROR
// RUN: not %torch-tidy check %t.none.cpp 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not %torch-tidy check %s --checks=-* -- %torch-flags 2>&1 | FileCheck %s --check-prefix=NONE
#include <torch/torch.h>

struct NetImpl : torch::nn::Module {
  explicit NetImpl(bool wide) {
    if (wide)
      fc = register_module("fc", torch::nn::Linear(2, 2));
  }
  torch::Tensor forward(const torch::Tensor &x) { return fc(x); }
  torch::nn::Linear fc{nullptr};
};
// CHECK: console.cpp:{{[0-9]+}}:{{[0-9]+}}: warning: {{.*}} [torch-null-module]
// CHECK-NEXT: {{[0-9]+}} |
// CHECK-NEXT: | {{ *\^}}
// CHECK: torch-null-module  1
// CHECK: 1 finding in 1 file
// CLEAN: no findings in 1 file
// TIDY: console.cpp:{{[0-9]+}}:{{[0-9]+}}: warning: {{.*}} [torch-null-module]
// ERROR: error: {{.*}} [torch-null-module]
// MISSING: none.cpp' does not exist
// NONE: no rule is enabled for these files. Next:
