// Where a tensor goes from a name on.
#include "model/training/TensorFlow.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// What becomes of `t`.
std::string fate(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("#include <iostream>\n#include <vector>\nusing torch::Tensor; void far(Tensor);"
       "void train(Tensor l) { l.backward(); } Tensor same(Tensor l) { return l * 2; }"
       "Tensor f(torch::nn::Linear net, std::vector<Tensor> *out) { Tensor ^t; " +
       Body + " return {}; }")
          .str());
  ProjectIndex Index(Snippet.context());
  TensorFate Fate = fateOf(Snippet.at<VarDecl>(), Index, Snippet.context());
  return Fate.IsTrained ? "trained" : Fate.Escapes ? "escapes" : Fate.IsReturned ? "returned" : "";
}

TEST(TensorFate, IsTraining) {
  EXPECT_EQ(fate("t.backward();"), "trained");
  EXPECT_EQ(fate("auto l = (net(t) * 2).sum(); l.backward();"), "trained");
  EXPECT_EQ(fate("std::vector<Tensor> v; v.push_back(t); torch::stack(v).sum().backward();"),
            "trained");
  EXPECT_EQ(fate("train(t);"), "trained");
  EXPECT_EQ(fate("same(t).backward();"), "trained");
  EXPECT_EQ(fate("torch::autograd::grad({t}, {t});"), "trained");
  EXPECT_EQ(fate("std::vector<Tensor> v{t}; for (auto &each : v) each.backward();"), "trained");
}

TEST(TensorFate, IsToBeReadOnTheHost) {
  EXPECT_EQ(fate("std::cout << t << t.item<float>();"), "");
  EXPECT_EQ(fate("auto d = t.detach(); far(d);"), "");
  EXPECT_EQ(fate("if (t.defined()) std::cout << t.size(0);"), "");
  EXPECT_EQ(fate("auto y = same(t); std::cout << y;"), "");
}

TEST(TensorFate, IsUnknownOutOfView) {
  EXPECT_EQ(fate("far(t);"), "escapes");
  EXPECT_EQ(fate("out->push_back(t);"), "escapes");
  EXPECT_EQ(fate("Tensor *p = &t;"), "escapes");
  EXPECT_EQ(fate("return t;"), "returned");
}

} // namespace
