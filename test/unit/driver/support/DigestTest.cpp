// Texts told apart by their content.
#include "support/Digest.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

TEST(Digest, IsSha1) { EXPECT_EQ(hexDigest("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d"); }

} // namespace
