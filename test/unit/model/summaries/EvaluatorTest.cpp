// Terms that do much end in bounds.
#include "KeysOfSnippet.h"

using namespace torchtidy;

namespace {

TEST(Evaluator, EndsInLoops) {
  EXPECT_EQ(test::keysOfBody(
                "int n = 0; while (true) n += 1; register_module(\"p\", torch::nn::PReLU());"),
            "p.weight[1]");
  EXPECT_EQ(test::keysOfBody("for (long i = 0; i < 1000000000; ++i) n += i; register_module(\"p\", "
                             "torch::nn::Linear(n, 1));",
                             "long n = 0;"),
            "p.weight[1,…] p.bias[1]");
}

TEST(Evaluator, EndsInRecursion) {
  EXPECT_EQ(test::keysOf({"struct Net : torch::nn::Module { Net() { add(1); } void add(int n) { "
                          "register_buffer(\"b\" + std::to_string(n), torch::ones(1)); if (n < 3) "
                          "add(n + 1); } };"}),
            "b1[1] b2[1] b3[1]");
  std::string Text = test::keysOf(
      {"struct Net : torch::nn::Module { Net() { add(1); } void add(int n) { add(n + 1); } };"});
  EXPECT_EQ(Text, "…{calls go in a circle}");
}

// Lists are values, modules are shared.
TEST(Evaluator, CopiesAsCppDoes) {
  EXPECT_EQ(
      test::keysOfBody("std::vector<int64_t> a{1, 2}; auto b = a; b[0] = 5; auto &c = a; c[1] = 7;"
                       "register_buffer(\"t\", torch::ones({a[0], a[1], b[0], b[1]}));"),
      "t[1,7,5,2]");
  EXPECT_EQ(test::keysOfBody("torch::nn::Sequential s; auto t = s; "
                             "t->push_back(torch::nn::PReLU()); register_module(\"s\", s);"),
            "s.0.weight[1]");
}

// What a function of another library may have changed is not known.
TEST(Evaluator, ForgetsWhatIsHandedOut) {
  EXPECT_EQ(test::keysOfBody("std::vector<int64_t> a{1, 2}; std::reverse(a.begin(), a.end());"
                             "register_buffer(\"t\", torch::ones({a[0], 3}));"),
            "t[…,3]");
}

} // namespace
