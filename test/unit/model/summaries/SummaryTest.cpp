// Summaries are written and read back; what is damaged is refused.
#include "KeysOfSnippet.h"

using namespace torchtidy;

namespace {

TEST(Summary, IsReadAsItWasWritten) {
  UnitSummary Written = test::summaryOf("struct Net : torch::nn::Module { Net(int n = 3) {} };"),
              Read;
  llvm::json::Path::Root Root;
  ASSERT_TRUE(fromJSON(toJSON(Written), Read, Root));
  EXPECT_EQ(toJSON(Written), toJSON(Read));
  ASSERT_EQ(Read.Classes.size(), 1u);
  const ClassSummary &Class = Read.Classes.begin()->second;
  EXPECT_EQ(Class.Name, "Net");
  EXPECT_TRUE(Class.IsModule);
  ASSERT_EQ(Class.Constructors.size(), 1u);
  ASSERT_EQ(Class.Constructors[0].Parameters.size(), 1u);
  EXPECT_TRUE(Class.Constructors[0].Parameters[0].HasDefault);
  EXPECT_EQ(Class.Constructors[0].Parameters[0].Default.Number, 3);
  EXPECT_EQ(Read.Functions.count(Class.Constructors[0].Usr), 1u);
}

TEST(Summary, IsRefusedWhereItIsDamaged) {
  for (llvm::StringRef Text :
       {"null", "{}", "{\"classes\": {}}", "{\"classes\": {\"x\": 3}, \"functions\": {}}"}) {
    UnitSummary Read;
    llvm::json::Path::Root Root;
    auto Value = llvm::json::parse(Text);
    ASSERT_TRUE(bool(Value));
    EXPECT_FALSE(fromJSON(*Value, Read, Root)) << Text.str();
  }
}

} // namespace
