// Where clang's own headers are, and how a command line is told.
#include "support/ResourceDirectory.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include <cstdlib>
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

std::string with(std::vector<const char *> Args, const char *Environment = nullptr) {
  std::string Storage;
  std::vector<const char *> Result =
      withResourceDirectory(static_cast<int>(Args.size()), Args.data(),
                            "--extra-arg=-resource-dir=", Environment, Storage);
  return llvm::join(Result, " ");
}

TEST(ResourceDirectory, HoldsClangsHeaders) {
  EXPECT_TRUE(llvm::sys::fs::exists(resourceDirectory() + "/include/stddef.h"));
}

TEST(ResourceDirectory, IsTheFirstOption) {
  EXPECT_EQ(with({"tool", "f.cpp"}),
            "tool --extra-arg=-resource-dir=" + resourceDirectory() + " f.cpp");
  EXPECT_EQ(with({}), "");
}

TEST(ResourceDirectory, IsLeftToWhoSaysIt) {
  EXPECT_EQ(with({"tool", "--extra-arg=-resource-dir=/x", "f.cpp"}),
            "tool --extra-arg=-resource-dir=/x f.cpp");
  // Behind -- stand the options of one command.
  EXPECT_NE(with({"tool", "f.cpp", "--", "-resource-dir=/x"}).find(resourceDirectory()),
            std::string::npos);
  ::setenv("TORCHTIDY_UNIT_TEST_FLAGS", "--resource-dir=/x", 1);
  EXPECT_EQ(with({"tool", "f.cpp"}, "TORCHTIDY_UNIT_TEST_FLAGS"), "tool f.cpp");
  ::unsetenv("TORCHTIDY_UNIT_TEST_FLAGS");
  EXPECT_NE(with({"tool", "f.cpp"}, "TORCHTIDY_UNIT_TEST_FLAGS"), "tool f.cpp");
}

} // namespace
