// Members that are there or not, with nothing in their place.
#include "model/modules/OptionalMembers.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool optional(llvm::StringRef Body, llvm::StringRef Type = "nn::Linear") {
  MarkedSnippet Snippet(("using namespace torch; struct Net : nn::Module { " + Type +
                         " m{nullptr}; nn::Linear o{nullptr}; Net(int n) { " + Body + " } };")
                            .str());
  ControlFlowGraphs Graphs(Snippet.context());
  return isOptional(
      Snippet.find<FieldDecl>("Net::m"),
      constructorOutcomes(Graphs, Snippet.find<CXXRecordDecl>("Net")->getDefinition()));
}

TEST(OptionalMembers, LeaveTheirNameMissing) {
  EXPECT_TRUE(optional("if (n > 1) m = register_module(\"m\", nn::Linear(1, 1));"));
  EXPECT_TRUE(optional("if (n < 1) return; m = nn::Linear(1, 1); register_module(\"m\", m);"));
  // What is there on every path stands in for nothing.
  EXPECT_TRUE(optional("o = register_module(\"o\", nn::Linear(1, 1)); "
                       "if (n > 1) m = register_module(\"m\", nn::Linear(1, 1));"));
}

TEST(OptionalMembers, AreNotOneOfSeveralVariants) {
  EXPECT_FALSE(optional("if (n > 1) m = register_module(\"m\", nn::Linear(1, 1)); "
                        "else o = register_module(\"o\", nn::Linear(1, 1));"));
  EXPECT_FALSE(optional("if (n > 1) m = register_module(\"m\", nn::Linear(1, 1)); "
                        "else register_module(\"other\", nn::Linear(1, 1));"));
  // One name for both.
  EXPECT_FALSE(optional("if (n > 1) m = register_module(\"fc\", nn::Linear(1, 1)); "
                        "else o = register_module(\"fc\", nn::Linear(1, 1));"));
}

TEST(OptionalMembers, AreNotWithoutPathsOfBothKinds) {
  EXPECT_FALSE(optional("m = register_module(\"m\", nn::Linear(1, 1));"));
  EXPECT_FALSE(optional(""));
  EXPECT_FALSE(optional("if (n > 1) throw 1; m = register_module(\"m\", nn::Linear(1, 1));"));
}

TEST(OptionalMembers, AreInArchives) {
  EXPECT_FALSE(optional("if (n > 1) m = nn::Linear(1, 1);")); // not registered
  EXPECT_FALSE(optional("if (n > 1) m = register_module(\"m\", nn::Functional(torch::relu));",
                        "nn::Functional"));
}

} // namespace
