// Which conditions say that an optional tensor is there.
#include "model/tensors/TensorGuards.h"
#include "MarkedSnippet.h"
#include "model/paths/PathGuards.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "yes" where the condition being true says that `fc->bias` is defined, "no" where its being false
// does, "both", or "-".
std::string speaks(llvm::StringRef Condition, llvm::StringRef Flag = "") {
  MarkedSnippet Snippet(
      ("using namespace torch::nn; struct Config { bool use_bias, norm_bias, deep; bool bias() "
       "const { return use_bias; } }; void use(Linear fc, Linear other, bool use_bias, bool "
       "no_bias, bool norm_bias, bool with_affine, bool fancy, bool m_fancy_, bool verbose, Config "
       "config, int n) { if (" +
       Flag + (Flag.empty() ? "n" : "") + ") $access[[fc->bias]].zero_(); if ([[" + Condition +
       "]]) n = 1; }")
          .str());
  ProjectIndex Index(Snippet.context());
  std::optional<OptionalTensor> Access = optionalTensor(Snippet.within<Expr>("access"), Index);
  if (!Access)
    return "no access";
  const Expr *FlagExpr = Flag.empty() ? nullptr : Snippet.within<Expr>("flag");
  TensorGuard Guard{*Access, pathKey(Access->Module), pathKey(Access->Access), FlagExpr};
  const Expr *E = Snippet.within<Expr>()->IgnoreParenImpCasts();
  bool Yes = Guard.holds(E, true), No = Guard.holds(E, false);
  return Yes && No ? "both" : Yes ? "yes" : No ? "no" : "-";
}

TEST(TensorGuards, AskTheTensorOrItsOptions) {
  EXPECT_EQ(speaks("fc->bias.defined()"), "yes");
  EXPECT_EQ(speaks("fc->options.bias()"), "yes");
  EXPECT_EQ(speaks("fc->bias.numel() > 0"), "yes");
  EXPECT_EQ(speaks("fc->named_parameters().contains(\"bias\")"), "yes");
}

TEST(TensorGuards, SpeakOfTheSameTensor) {
  EXPECT_EQ(speaks("other->bias.defined()"), "-");
  EXPECT_EQ(speaks("fc->weight.defined()"), "-");
  EXPECT_EQ(speaks("other->options.bias()"), "-");
  EXPECT_EQ(speaks("fc->named_parameters().contains(\"weight\")"), "-");
}

TEST(TensorGuards, MayBeAFlagNamedAfterTheOption) {
  EXPECT_EQ(speaks("use_bias"), "yes");
  EXPECT_EQ(speaks("no_bias"), "no");
  EXPECT_EQ(speaks("config.use_bias"), "yes");
  EXPECT_EQ(speaks("with_affine"), "yes");
  EXPECT_EQ(speaks("verbose"), "-");
  EXPECT_EQ(speaks("config.deep"), "-");
}

TEST(TensorGuards, AreNotTurnedAroundByAWordThatBeginsLikeNo) {
  EXPECT_EQ(speaks("norm_bias"), "yes");
  EXPECT_EQ(speaks("config.norm_bias"), "yes");
}

TEST(TensorGuards, AreTheFlagThatTheModuleWasBuiltWith) {
  EXPECT_EQ(speaks("fancy", "$flag[[fancy]]"), "yes");
  EXPECT_EQ(speaks("fancy", "$flag[[!fancy]]"), "no");
  EXPECT_EQ(speaks("m_fancy_", "$flag[[fancy]]"), "yes"); // a member that keeps it
  EXPECT_EQ(speaks("verbose", "$flag[[fancy]]"), "-");
}

} // namespace
