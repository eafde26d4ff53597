#include "cache/RedisConnection.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

// host port/database user password
std::string parsed(llvm::StringRef Url) {
  auto A = parseRedisUrl(Url);
  if (!A)
    return "error: " + llvm::toString(A.takeError());
  return A->Host + " " + std::to_string(A->Port) + "/" + std::to_string(A->Database) + " " +
         A->User + " " + A->Password;
}

TEST(RedisUrl, HasDefaults) { EXPECT_EQ(parsed("redis://host"), "host 6379/0  "); }

TEST(RedisUrl, HasAllParts) {
  EXPECT_EQ(parsed("redis://me:p%40ss%3a@host:1234/5"), "host 1234/5 me p@ss:");
  EXPECT_EQ(parsed("redis://[::1]:1234"), "::1 1234/0  ");
}

TEST(RedisUrl, IsRefusedWithoutItsPassword) {
  for (llvm::StringRef Wrong :
       {"", "host", "http://me:secret@host", "redis://", "redis://me:secret@",
        "redis://me:secret@host:0", "redis://me:secret@host:70000", "redis://me:secret@host:x",
        "redis://me:secret@host/x", "redis://me:secret%4@host", "redis://me:secret@[::1"}) {
    std::string Text = parsed(Wrong);
    EXPECT_EQ(Text.find("error: "), 0u) << Wrong.str() << ": " << Text;
    EXPECT_EQ(Text.find("secret"), std::string::npos) << Text;
  }
}

TEST(RedisUrl, IsNamedWithoutItsPassword) {
  auto A = parseRedisUrl("redis://me:secret@host:1234/5");
  ASSERT_TRUE(bool(A));
  EXPECT_EQ(A->name(), "redis://host:1234/5");
}

} // namespace
