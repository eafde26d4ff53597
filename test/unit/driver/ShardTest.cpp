#include "engine/Shard.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

std::string parsed(llvm::StringRef Text) {
  auto Part = parseShard(Text);
  return Part ? Part->text() : llvm::toString(Part.takeError());
}

TEST(Shard, IsWrittenAsAPartOfAWhole) {
  EXPECT_EQ(parsed("2/3"), "2 of 3");
  EXPECT_EQ(parsed("10000/10000"), "10000 of 10000");
  for (llvm::StringRef Wrong :
       {"0/3", "4/3", "1/0", "1", "", "1/", "/3", "-1/3", "1/3/5", "1/10001"})
    EXPECT_NE(parsed(Wrong).find("is no part of a whole"), std::string::npos) << Wrong.str();
}

TEST(Shard, EachFileIsInOneOfThem) {
  for (int I = 0; I < 50; ++I) {
    std::string Path = "src/file" + std::to_string(I) + ".cpp";
    int Holders = 0;
    for (unsigned Index = 1; Index <= 4; ++Index)
      Holders += Shard{Index, 4}.holds(Path);
    EXPECT_EQ(Holders, 1) << Path;
  }
}

// Machines with other versions of the program split alike.
TEST(Shard, StaysWhereItWas) {
  EXPECT_TRUE((Shard{3, 3}.holds("src/model.cpp") || Shard{1, 3}.holds("src/model.cpp") ||
               Shard{2, 3}.holds("src/model.cpp")));
  EXPECT_EQ(digestOfPaths({"b", "a"}), digestOfPaths({"a", "b"}));
  EXPECT_NE(digestOfPaths({"ab"}), digestOfPaths({"a", "b"}));
}

} // namespace
