// Standard output sent elsewhere for a while.
#include "support/RedirectedOutput.h"
#include "driver/TemporaryDirectory.h"
#include <gtest/gtest.h>
#include <unistd.h>

using namespace torchtidy;

namespace {

TEST(RedirectedOutput, HoldsWhatIsPrinted) {
  auto Text = captured([] { llvm::outs() << "by LLVM\n"; });
  ASSERT_TRUE(bool(Text));
  EXPECT_EQ(*Text, "by LLVM\n");
  auto Raw = captured([] { (void)!::write(STDOUT_FILENO, "by the system\n", 14); });
  ASSERT_TRUE(bool(Raw));
  EXPECT_EQ(*Raw, "by the system\n");
  auto Nothing = captured([] {});
  ASSERT_TRUE(bool(Nothing));
  EXPECT_EQ(*Nothing, "");
}

TEST(RedirectedOutput, EndsWithTheObject) {
  TemporaryDirectory Dir;
  std::string Inner = Dir.write("inner", ""), Outer = Dir.write("outer", "");
  {
    RedirectedOutput To(Outer);
    llvm::outs() << "a";
    {
      RedirectedOutput Further(Inner);
      llvm::outs() << "b";
    }
    llvm::outs() << "c";
  }
  EXPECT_EQ(Dir.read("inner"), "b");
  EXPECT_EQ(Dir.read("outer"), "ac");
}

} // namespace
