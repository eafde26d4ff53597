// Which operations give a tensor of another shape.
#include "model/torch/Shapes.h"
#include "gtest/gtest.h"

using namespace torchtidy;

namespace {

TEST(Shapes, AreOthersOfReductionsSelectionsAndJoins) {
  for (llvm::StringRef Name : {"max", "index", "cat", "sum", "nonzero"})
    EXPECT_TRUE(reducesOrSelects(operationNamed(Name))) << Name.str();
  for (llvm::StringRef Name : {"relu", "add_", "clone", "sum_out", "mine"})
    EXPECT_FALSE(reducesOrSelects(operationNamed(Name))) << Name.str();
}

TEST(Shapes, AreKept) {
  for (llvm::StringRef Name : {"dropout", "contiguous", "to"})
    EXPECT_TRUE(keepsShape(operationNamed(Name))) << Name.str();
  for (llvm::StringRef Name : {"cat", "view", "clamp", "mine"})
    EXPECT_FALSE(keepsShape(operationNamed(Name))) << Name.str();
}

} // namespace
