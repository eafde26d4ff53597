// What an object is built of.
#include "KeysOfSnippet.h"

using namespace torchtidy;

namespace {

TEST(ModuleTree, HoldsEntriesWithTheirLines) {
  ProjectSummaries All;
  All.add(test::summaryOf("struct Net : torch::nn::Module {\n  Net() {\n    "
                          "register_module(\"fc\", torch::nn::Linear(1, 2));\n  }\n};"));
  TreeValue Built = buildModule(All, All.modulesNamed("Net").at(0), {});
  ASSERT_EQ(Built.Node->Entries.size(), 1u);
  const TreeEntry &Entry = Built.Node->Entries[0];
  EXPECT_EQ(Entry.Name, "fc");
  EXPECT_EQ(Entry.Line, 3u);
  EXPECT_TRUE(llvm::StringRef(Entry.File).ends_with("snippet.cpp"));
  EXPECT_EQ(Entry.What.Node->LayerName, "Linear");
}

// The constructor that fits what is given.
TEST(ModuleTree, PicksAConstructor) {
  llvm::StringRef Code =
      "struct Net : torch::nn::Module { Net(int n) { register_buffer(\"i\", torch::ones(n)); }"
      "Net(std::string s) { register_buffer(\"s\", torch::ones(1)); } };";
  EXPECT_EQ(test::keysOf({Code}, TreeValue::integer(2)), "i[2]");
  EXPECT_EQ(test::keysOf({Code}, TreeValue::text("x")), "s[1]");
  EXPECT_EQ(test::keysOf({Code}, {TreeValue::integer(2), TreeValue::integer(2)}),
            "…{no constructor of 'Net' fits its arguments}");
}

} // namespace
