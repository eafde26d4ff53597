// LibTorch's own view of characters, until it became the standard library's: other tools know that one.
// REQUIRES: torch-1
// RUN: %check torch-dangling-array-ref %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

std::string name();

void text() {
  c10::string_view view = name();
  // CHECK: :[[@LINE-1]]:27: warning: the ArrayRef refers to a temporary
  std::cout << view;
}
