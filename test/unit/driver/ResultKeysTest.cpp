#include "cache/ResultKeys.h"
#include <gtest/gtest.h>

using namespace torchtidy;
using namespace clang::tidy;

namespace {

struct ResultKeysTest : testing::Test {
  std::string key(const RunnerOptions &Run, const Unit &U) {
    ClangTidyOptions Defaults = ClangTidyOptions::getDefaults();
    Defaults.Checks = Checks;
    DefaultOptionsProvider Provider(Global, Defaults);
    return ResultKeys(Run, Provider, "").local(U);
  }
  std::string key() { return key(Run, U); }

  std::string Checks = "torch-*";
  ClangTidyGlobalOptions Global;
  RunnerOptions Run{{{"-DA"}, {"-DB"}}, {"/net"}, false, false};
  Unit U{"/net/a.cpp", "/net", {"clang++", "-c", "a.cpp"}};
};

TEST_F(ResultKeysTest, AreTheSameForTheSameQuestion) { EXPECT_EQ(key(), key()); }

TEST_F(ResultKeysTest, DifferWithEverythingThatTheEngineIsAsked) {
  std::set<std::string> Keys{key()};
  auto differs = [&](auto Change) {
    RunnerOptions Changed = Run;
    Change(Changed);
    return Keys.insert(key(Changed, U)).second;
  };
  EXPECT_TRUE(differs([](RunnerOptions &R) { R.Plain = true; }));
  EXPECT_TRUE(differs([](RunnerOptions &R) { R.UnsafeFixes = true; }));
  EXPECT_TRUE(differs([](RunnerOptions &R) { R.Roots.push_back("/other"); }));
  EXPECT_TRUE(differs([](RunnerOptions &R) { R.Extra.After.push_back("-DC"); }));
  EXPECT_TRUE(differs([](RunnerOptions &R) { std::swap(R.Extra.Before, R.Extra.After); }));
  EXPECT_TRUE(differs([](RunnerOptions &R) { R.Extra = {{"-DA", "-DB"}, {}}; }));
}

TEST_F(ResultKeysTest, DifferWithUnitAndConfiguration) {
  std::set<std::string> Keys{key()};
  Unit Other = U;
  Other.CommandLine.push_back("-O2");
  EXPECT_TRUE(Keys.insert(key(Run, Other)).second);
  Checks = "torch-null-module";
  EXPECT_TRUE(Keys.insert(key()).second);
  Global.LineFilter = {{"a.cpp", {{1, 9}}}};
  EXPECT_TRUE(Keys.insert(key()).second);
  Global.LineFilter[0].LineRanges = {{1, 8}};
  EXPECT_TRUE(Keys.insert(key()).second);
}

} // namespace
