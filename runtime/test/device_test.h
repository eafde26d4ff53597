#pragma once

// Tests that run on every device there is: CPU always, CUDA where one is present (skipped aloud otherwise).

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <string>

class DeviceTest : public testing::TestWithParam<torch::DeviceType> {
 protected:
  void SetUp() override {
    if (GetParam() == torch::kCUDA && !torch::cuda::is_available()) {
      GTEST_SKIP() << "no CUDA device";
    }
    torch::manual_seed(7);
  }

  torch::Device device() const {
    return torch::Device(GetParam());
  }
  torch::TensorOptions on_device() const {
    return torch::TensorOptions().device(device());
  }
};

inline std::string device_name(const testing::TestParamInfo<torch::DeviceType>& info) {
  return info.param == torch::kCUDA ? "cuda" : "cpu";
}

#define INSTANTIATE_ON_DEVICES(Suite) \
  INSTANTIATE_TEST_SUITE_P(On, Suite, testing::Values(torch::kCPU, torch::kCUDA), device_name)

/// Equal in shape, dtype and every bit.
inline testing::AssertionResult identical(const torch::Tensor& a, const torch::Tensor& b) {
  if (!a.defined() || !b.defined()) {
    return a.defined() == b.defined() ? testing::AssertionSuccess()
                                      : testing::AssertionFailure() << "one is undefined";
  }
  if (a.scalar_type() != b.scalar_type() || a.sizes() != b.sizes()) {
    return testing::AssertionFailure()
        << a.toString() << a.sizes() << " against " << b.toString() << b.sizes();
  }
  if (!torch::equal(a.cpu(), b.cpu())) {
    return testing::AssertionFailure() << "largest difference " << (a - b).abs().max().item<double>();
  }
  return testing::AssertionSuccess();
}

/// What `call` throws, or "" if it returns.
template <typename Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const c10::Error& error) {
    return error.what_without_backtrace();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}
