#include <gtest/gtest.h>
#include <torchtidy/hnn.h>

namespace hnn = torchtidy::hnn;
using torchtidy::Values;

TEST(Smoke, Linear) {
  hnn::Linear l(3, 4);
  int n = 0;
  auto h = torchtidy::register_forward_hook(
      l, [&](torch::nn::Module&, const Values&, Values& out) { ++n; });
  l(torch::ones({2, 3}));
  l->forward(torch::ones({2, 3}));
  EXPECT_EQ(n, 2);
  EXPECT_EQ(l->name(), "torch::nn::LinearImpl");
}
