#pragma once

// What comparing hookable built-ins with LibTorch's needs.

#include "device_test.h"

#include <torchtidy/values.h>

#include <sstream>
#include <string>
#include <vector>

inline std::string printed(const torch::nn::Module& module) {
  std::ostringstream out;
  out << module;
  return out.str();
}

/// The tensors of any output.
template <typename Output>
std::vector<torch::Tensor> tensors_of(Output output) {
  torchtidy::detail::OutputSlots<Output> slots(output);
  return slots.values.tensors();
}

inline void expect_same_tensors(const std::vector<torch::Tensor>& a, const std::vector<torch::Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_TRUE(identical(a[i], b[i])) << i;
  }
}
