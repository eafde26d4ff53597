// How members change what a container holds.
#include "model/torch/ContainerChanges.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

TEST(ContainerChanges, AreKnownByName) {
  EXPECT_EQ(containerChange("push_back"), ContainerChange::AddsOne);
  EXPECT_EQ(containerChange("extend"), ContainerChange::AddsAll);
  EXPECT_EQ(containerChange("insert"), ContainerChange::AddsNamed);
  EXPECT_EQ(containerChange("clear"), ContainerChange::RemovesAll);
  EXPECT_EQ(containerChange("erase"), ContainerChange::Otherwise);
  EXPECT_EQ(containerChange("forward"), ContainerChange::Otherwise);
}

} // namespace
