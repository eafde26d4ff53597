// Locals that a cast of a clone leaves null because it cannot succeed.
#include "model/modules/NullCasts.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "made -> wanted", or nothing. The marked variable is looked at.
std::string cast(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using namespace torch; struct OwnImpl : nn::Cloneable<OwnImpl> { void reset() override {} "
       "}; "
       "struct StackImpl : nn::SequentialImpl {}; struct OtherImpl : nn::Module { void run() {} }; "
       "void f(nn::Sequential s, std::shared_ptr<OwnImpl> own, std::shared_ptr<StackImpl> stack, "
       "std::shared_ptr<nn::Module> any, bool b) { " +
       Body + " }")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  PathGuards Guards(Graphs);
  std::optional<NullCast> Found = nullCast(Snippet.at<VarDecl>(), Guards);
  return Found ? (Found->Made->getName() + " -> " + Found->Wanted->getName()).str() : "";
}

constexpr llvm::StringLiteral Cast =
    "auto ^c = std::dynamic_pointer_cast<OtherImpl>(own->clone()); ";

TEST(NullCasts, CannotSucceed) {
  EXPECT_EQ(cast((Cast + "c->run();").str()), "OwnImpl -> OtherImpl");
  EXPECT_EQ(cast("auto *^c = own->clone()->as<OtherImpl>(); c->run();"), "OwnImpl -> OtherImpl");
  EXPECT_EQ(cast("auto copy = own->clone(); auto ^c = std::dynamic_pointer_cast<OtherImpl>(copy); "
                 "(*c).run();"),
            "OwnImpl -> OtherImpl");
  // A class that inherits clone() from a layer of LibTorch's clones that layer.
  EXPECT_EQ(cast("auto ^c = std::dynamic_pointer_cast<StackImpl>(stack->clone()); c->size();"),
            "SequentialImpl -> StackImpl");
}

TEST(NullCasts, MaySucceed) {
  EXPECT_EQ(cast("auto ^c = std::dynamic_pointer_cast<OwnImpl>(own->clone()); c->reset();"), "");
  EXPECT_EQ(cast("auto ^c = std::dynamic_pointer_cast<nn::Module>(own->clone()); c->eval();"), "");
  EXPECT_EQ(cast("auto ^c = std::dynamic_pointer_cast<OtherImpl>(any->clone()); c->run();"), "");
  EXPECT_EQ(cast("auto ^c = std::dynamic_pointer_cast<OtherImpl>(any); c->run();"), "");
}

TEST(NullCasts, AreNobodysBusinessWhenTestedOrUnused) {
  EXPECT_EQ(cast(Cast), "");
  EXPECT_EQ(cast((Cast + "if (c) c->run();").str()), "");
  EXPECT_EQ(cast((Cast + "if (!c) return; c->run();").str()), "");
  EXPECT_EQ(cast((Cast + "c = std::make_shared<OtherImpl>(); c->run();").str()), "");
  EXPECT_EQ(cast((Cast + "if (b) return; c->run();").str()), "OwnImpl -> OtherImpl");
}

} // namespace
