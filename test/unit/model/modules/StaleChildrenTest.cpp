// Registered members that are given another module.
#include "model/modules/StaleChildren.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// How many modules are stored in `m` and not registered in its place.
size_t stale(llvm::StringRef Constructor, llvm::StringRef Methods = "",
             llvm::StringRef Outside = "") {
  MarkedSnippet Snippet(
      ("using namespace torch; struct Net : nn::Module { nn::Linear m{nullptr}; Net() { " +
       Constructor + " } " + Methods + " }; " + Outside)
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  ModuleModel Model(Graphs, Index);
  return staleChildren(Snippet.find<FieldDecl>("Net::m"),
                       Snippet.find<CXXRecordDecl>("Net")->getDefinition(), Model)
      .size();
}

constexpr llvm::StringLiteral Registers = "m = register_module(\"m\", nn::Linear(1, 1));";

TEST(StaleChildren, AreStoredAfterTheRegistration) {
  EXPECT_EQ(stale((Registers + "m = nn::Linear(1, 2);").str()), 1u);
  EXPECT_EQ(stale(Registers, "void widen() { m = nn::Linear(1, 2); }"), 1u);
  EXPECT_EQ(stale(Registers, "", "void widen(Net &net) { net.m = nn::Linear(1, 2); }"), 1u);
}

TEST(StaleChildren, AreNotRegisteredOnes) {
  EXPECT_EQ(stale(Registers), 0u);
  EXPECT_EQ(stale(Registers, "void widen() { m = replace_module(\"m\", nn::Linear(1, 2)); }"), 0u);
  EXPECT_EQ(stale(Registers, "void widen() { m = nn::Linear(1, 2); replace_module(\"m\", m); }"),
            0u);
  EXPECT_EQ(
      stale(Registers, "",
            "void widen(Net &net) { net.m = nn::Linear(1, 2); net.replace_module(\"m\", net.m); }"),
      0u);
  EXPECT_EQ(stale("m = nn::Linear(1, 2); register_module(\"m\", m);"), 0u);
}

TEST(StaleChildren, AreNewModulesOnly) {
  EXPECT_EQ(
      stale(Registers, "void share(nn::Linear other) { m = other; } void drop() { m = nullptr; }"),
      0u);
}

} // namespace
