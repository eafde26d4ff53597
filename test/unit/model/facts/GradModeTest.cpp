// Is autograd off at a place, and with which mode is a function entered?
#include "model/facts/GradMode.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool offAt(llvm::StringRef Body) {
  MarkedSnippet Snippet(("void here(); void use(bool b) { " + Body + " }").str());
  return isUnderNoGrad(Snippet.at<CallExpr>(), Snippet.context());
}

TEST(GradMode, IsOffInTheScopeOfAGuard) {
  EXPECT_FALSE(offAt("^here();"));
  EXPECT_TRUE(offAt("torch::NoGradGuard g; ^here();"));
  EXPECT_TRUE(offAt("c10::InferenceMode g; ^here();"));
  EXPECT_TRUE(offAt("torch::AutoGradMode g(false); ^here();"));
  EXPECT_TRUE(offAt("torch::NoGradGuard g; if (b) { for (;;) ^here(); }"));
  EXPECT_TRUE(offAt("at::GradMode::set_enabled(false); ^here();"));
  EXPECT_TRUE(offAt("torch::NoGradGuard g; [&] { ^here(); }();"));
}

TEST(GradMode, IsOnBeforeBesideAndAfterAGuard) {
  EXPECT_FALSE(offAt("^here(); torch::NoGradGuard g;"));
  EXPECT_FALSE(offAt("{ torch::NoGradGuard g; } ^here();"));
  EXPECT_FALSE(offAt("if (b) { torch::NoGradGuard g; } else ^here();"));
  EXPECT_FALSE(offAt("auto later = [] { torch::NoGradGuard g; }; ^here();"));
}

TEST(GradMode, IsLeftOnByGuardsThatTurnNothingOff) {
  EXPECT_FALSE(offAt("torch::AutoGradMode g(true); ^here();"));
  EXPECT_FALSE(offAt("c10::InferenceMode g(false); ^here();"));
  EXPECT_FALSE(offAt("at::GradMode::set_enabled(true); ^here();"));
}

TEST(GradMode, KnowsTheProjectsOwnScopes) {
  MarkedSnippet Snippet("struct Quiet { torch::NoGradGuard guard; }; struct Loud { int n = 0; };"
                        "void here(); void use() { { Quiet q; $off^here(); } { Loud l; "
                        "$on^here(); } { std::unique_ptr<torch::NoGradGuard> p; $held^here(); } }");
  EXPECT_TRUE(isUnderNoGrad(Snippet.at<CallExpr>("off"), Snippet.context()));
  EXPECT_FALSE(isUnderNoGrad(Snippet.at<CallExpr>("on"), Snippet.context()));
  EXPECT_TRUE(isUnderNoGrad(Snippet.at<CallExpr>("held"), Snippet.context()));
}

TEST(GradMode, OfAFunctionIsThatOfItsCallers) {
  MarkedSnippet Snippet("void bare() {} void guarded() {} void both() {} void nobody() {}"
                        "int main() { bare(); both(); torch::NoGradGuard g; guarded(); both(); }");
  ProjectIndex Index(Snippet.context());
  auto RunsWithGrad = [&](llvm::StringRef Name) {
    return runsWithGrad(Snippet.find<FunctionDecl>(Name), Index);
  };
  EXPECT_TRUE(RunsWithGrad("main"));
  EXPECT_TRUE(RunsWithGrad("bare"));
  EXPECT_TRUE(RunsWithGrad("both"));
  EXPECT_FALSE(RunsWithGrad("guarded"));
  EXPECT_FALSE(RunsWithGrad("nobody")); // other files may call it, in whatever mode
}

} // namespace
