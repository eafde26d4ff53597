// Two networks that an assignment makes one.
#include "model/modules/MergedModules.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "target from source"
std::string found(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using torch::nn::Linear; struct S { Linear a{2, 2}, b{2, 2}, none{nullptr};"
       " void f(Linear p) { " +
       Body + " } };")
          .str());
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  std::string Text;
  forEachMergedModule(Snippet.find<FunctionDecl>("S::f"), Regs, [&](const MergedModule &Found) {
    EXPECT_TRUE(Found.Built);
    Text += Found.Target->getNameAsString() + " from " + Found.Source->getNameAsString() + "; ";
  });
  return llvm::StringRef(Text).rtrim("; ").str();
}

TEST(MergedModules, AreBothBuiltInView) {
  EXPECT_EQ(found("b = a;"), "b from a");
  EXPECT_EQ(found("Linear c(2, 2), d(2, 2); d = c;"), "d from c");
  EXPECT_EQ(found("none = a;"), "");
  EXPECT_EQ(found("a = p;"), "");
  EXPECT_EQ(found("b = Linear(2, 2);"), "");
}

TEST(MergedModules, DoNotTakeTurns) { EXPECT_EQ(found("b = a; a = Linear(2, 2);"), ""); }

} // namespace
