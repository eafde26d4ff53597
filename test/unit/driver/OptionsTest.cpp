#include "TemporaryDirectory.h"
#include "options/OptionTable.h"
#include "options/Settings.h"
#include "report/Outputs.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

const OptionInfo &row(llvm::StringRef Name) {
  return *llvm::find_if(optionTable(), [&](const OptionInfo &I) { return I.Name == Name; });
}

TEST(OptionTable, IsSortedAndHasEachNameOnce) {
  for (size_t I = 1; I < optionTable().size(); ++I)
    EXPECT_LT(optionTable()[I - 1].Name.str(), optionTable()[I].Name.str());
}

TEST(OptionTable, NamesEveryFormat) {
  llvm::SmallVector<llvm::StringRef> Names;
  std::string All = outputFormatNames();
  llvm::StringRef(All).split(Names, ", ");
  EXPECT_GT(Names.size(), 5u);
  for (llvm::StringRef Name : Names)
    EXPECT_TRUE(row("output-format").Help.contains(Name)) << Name.str();
}

TEST(OptionTable, AssignsAndImplies) {
  Options Opts;
  assign(Opts, row("fix-notes"), true);
  EXPECT_TRUE(Opts.Fix && Opts.UnsafeFixes);
  assign(Opts, row("checks"), std::string("torch-*"));
  EXPECT_EQ(Opts.Checks, "torch-*");
  assign(Opts, row("j"), 3u);
  EXPECT_EQ(Opts.Jobs, 3u);
}

TEST(OptionTable, KeepsPasswordsToItself) {
  EXPECT_EQ(toText(std::string("redis://me:secret@host")), "redis://...@host");
  EXPECT_EQ(toText(std::string("redis://host")), "redis://host");
  EXPECT_EQ(toText(std::vector<std::string>{"a", "b"}), "a b");
}

TEST(Settings, SetWhatTheTableLetsIn) {
  TemporaryDirectory Dir;
  std::string File = Dir.write("net/.torch-tidy.yaml",
                               "p: build\nj: 4\nunsafe-fixes: true\nselect: [bug, advice]\n"
                               "exclude: ['/a/', 'b$']\ncache-dir: ../cache\n");
  auto Values = loadSettings(File);
  ASSERT_TRUE(bool(Values)) << llvm::toString(Values.takeError());
  Options Opts;
  for (const SettingValue &S : *Values)
    assign(Opts, *S.Info, S.Value);
  EXPECT_EQ(Opts.BuildPath, Dir.path("net/build"));
  EXPECT_EQ(Opts.CacheDir, Dir.path("cache"));
  EXPECT_EQ(Opts.Jobs, 4u);
  EXPECT_TRUE(Opts.UnsafeFixes);
  EXPECT_EQ(Opts.Select, (std::vector<std::string>{"bug", "advice"}));
  EXPECT_EQ(Opts.Exclude, (std::vector<std::string>{"/a/", "b$"}));
}

TEST(Settings, NameTheLineThatIsWrong) {
  TemporaryDirectory Dir;
  auto problem = [&](llvm::StringRef Text) {
    auto Values = loadSettings(Dir.write("settings", Text));
    return Values ? "none" : llvm::toString(Values.takeError());
  };
  EXPECT_NE(problem("j: 1\nfix: true\n").find("settings:2:1: unknown key 'fix'"),
            std::string::npos);
  EXPECT_NE(problem("j: many\n").find("settings:1:4:"), std::string::npos);
  EXPECT_NE(problem("exclude: ['(']\n").find("'(' is no regular expression"), std::string::npos);
  EXPECT_EQ(problem("# nothing\n\n"), "none");
}

} // namespace
