// What editors are shown of results.db.
#include "cache/ResultCache.h"
#include "TemporaryDirectory.h"
#include "support/Digest.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

class Readings : public testing::Test {
protected:
  // That of a unit with one finding, by which it is told apart.
  JointReading reading(llvm::StringRef Message) const {
    JointReading R;
    R.Unit = R.File = Net;
    R.Digest = hexDigest("net");
    R.Others = {describeFile(Setup)};
    R.Found.emplace_back("torch-null-module", clang::tidy::ClangTidyError::Warning, "/", false);
    R.Found.back().Message.Message = Message.str();
    R.Found.back().Message.FilePath = Net;
    R.Found.back().Message.FileOffset = 2;
    R.Refuted = {{"torch-module-copy", Net, 1}};
    return R;
  }

  void keep(std::set<std::string> Units, std::vector<JointReading> Readings) const {
    std::string Message;
    auto Cache = ResultCache::open(Folder.path("cache"), Message);
    ASSERT_TRUE(Cache) << Message;
    Cache->replaceReadings(std::move(Units), Readings);
  }

  // "first second": the findings that are shown.
  std::string shown(llvm::StringRef Text = "net") const {
    std::string Found;
    for (const JointReading &R : ResultCache::readingsOf(Folder.path("cache"), Net, Text))
      for (const auto &E : R.Found)
        Found += (Found.empty() ? "" : " ") + E.Message.Message;
    return Found;
  }

  TemporaryDirectory Folder;
  std::string Net = Folder.write("net.cpp", "net"), Setup = Folder.write("setup.cpp", "setup");
};

TEST_F(Readings, ComeBackAsTheyWere) {
  keep({Net}, {reading("first")});
  auto Found = ResultCache::readingsOf(Folder.path("cache"), Net, "net");
  ASSERT_EQ(Found.size(), 1u);
  EXPECT_EQ(Found[0].Unit, Net);
  ASSERT_EQ(Found[0].Found.size(), 1u);
  EXPECT_EQ(Found[0].Found[0].DiagnosticName, "torch-null-module");
  EXPECT_EQ(Found[0].Found[0].Message.FileOffset, 2u);
  ASSERT_EQ(Found[0].Refuted.size(), 1u);
  EXPECT_EQ(Found[0].Refuted[0].Rule, "torch-module-copy");
  EXPECT_EQ(Found[0].Refuted[0].Path, Net);
  EXPECT_EQ(Found[0].Refuted[0].Offset, 1u);
}

TEST_F(Readings, HoldAsLongAsAllTextsDo) {
  keep({Net}, {reading("first")});
  EXPECT_EQ(shown("net "), "");
  EXPECT_EQ(shown(), "first");
  Folder.write("setup.cpp", "SETUP"); // of the same size
  EXPECT_EQ(shown(), "");
  Folder.write("setup.cpp", "setup");
  EXPECT_EQ(shown(), "first");
}

TEST_F(Readings, AreReplacedUnitByUnit) {
  keep({Net}, {reading("first")});
  JointReading Second = reading("second");
  Second.Unit = Setup;
  keep({Setup}, {Second});
  EXPECT_EQ(shown(), "first second");
  keep({Net}, {reading("third")});
  EXPECT_EQ(shown(), "third second");
  keep({Net}, {});
  EXPECT_EQ(shown(), "second");
  keep({Setup, Net}, {});
  EXPECT_EQ(shown(), "");
}

TEST_F(Readings, OfUnitsThatNoRunIsAboutFillGaps) {
  keep({}, {reading("first")});
  EXPECT_EQ(shown(), "first");
  keep({}, {reading("second")});
  EXPECT_EQ(shown(), "first");
  Folder.write("setup.cpp", "another");
  keep({}, {reading("third")});
  EXPECT_EQ(shown(), "third");
}

TEST_F(Readings, AreNoneWhereThereIsNoSuchFile) {
  EXPECT_EQ(shown(), "");
  EXPECT_FALSE(llvm::sys::fs::exists(Folder.path("cache")));
  Folder.write("cache/results.db", std::string(5000, 'x'));
  EXPECT_EQ(shown(), "");
  EXPECT_EQ(Folder.read("cache/results.db"), std::string(5000, 'x'));
}

TEST_F(Readings, LeaveNoFilesBehind) {
  keep({Net}, {reading("first")});
  EXPECT_EQ(shown(), "first");
  for (const char *Suffix : {"-wal", "-shm"})
    EXPECT_FALSE(llvm::sys::fs::exists(Folder.path("cache/results.db") + Suffix));
  // While somebody writes.
  std::string Message;
  auto Cache = ResultCache::open(Folder.path("cache"), Message);
  Cache->replaceReadings({Net}, {reading("second")});
  EXPECT_EQ(shown(), "second");
}

} // namespace
