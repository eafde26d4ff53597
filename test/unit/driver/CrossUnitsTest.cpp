// Which units are read with which files, and which could answer at all.
#include "cross-tu/CrossUnits.h"
#include "TemporaryDirectory.h"
#include "model/summaries/Summary.h"
#include <gtest/gtest.h>

using namespace torchtidy;

namespace {

// What a unit asks for, and what it defines.
UnitResult resultOf(std::vector<std::string> Asked, std::vector<std::string> Defined,
                    QuestionKind Kind = QuestionKind::OwnClass) {
  UnitSummary Summary;
  for (std::string &Usr : Asked)
    Summary.Boundary.Questions.push_back({Usr, "Net", Usr, Kind});
  for (std::string &Usr : Defined)
    Summary.Boundary.Definitions[Usr] = {"Net::" + Usr, 1, 2};
  UnitResult Result;
  Result.Notes = toJSON(Summary);
  return Result;
}

Unit unitOf(std::string Name, std::vector<std::string> Flags = {}) {
  Unit U{"/p/" + Name, "/p", {"c++"}, {}};
  U.CommandLine.insert(U.CommandLine.end(), Flags.begin(), Flags.end());
  U.CommandLine.push_back(U.File);
  return U;
}

// "a.cpp+b.cpp+c.cpp"
std::string plan(std::vector<Unit> Units, std::vector<UnitResult> Results) {
  std::string Text;
  for (const CrossUnit &Cross :
       planCrossUnits(Units, Results, boundariesOf(Results), Units.size()).Units) {
    Text += (Text.empty() ? "" : " ") + Units[Cross.Index].File.substr(3);
    for (const std::string &File : Cross.Joint.Joined)
      Text += "+" + File.substr(3);
  }
  return Text;
}

TEST(CrossUnits, ReadsTheFileThatDefinesWhatIsAskedFor) {
  EXPECT_EQ(plan({unitOf("a.cpp"), unitOf("b.cpp"), unitOf("c.cpp")},
                 {resultOf({"setup"}, {}), resultOf({}, {"setup"}), resultOf({}, {"other"})}),
            "a.cpp+b.cpp");
}

TEST(CrossUnits, FollowsWhatAnsweringFilesAsk) {
  EXPECT_EQ(plan({unitOf("a.cpp"), unitOf("b.cpp"), unitOf("c.cpp")},
                 {resultOf({"setup"}, {"main"}),
                  resultOf({"more", "main"}, {"setup"}, QuestionKind::WhenJoined),
                  resultOf({}, {"more"})}),
            "a.cpp+b.cpp+c.cpp");
  // What they use themselves is no matter of the unit that asked.
  EXPECT_EQ(plan({unitOf("a.cpp"), unitOf("b.cpp"), unitOf("c.cpp")},
                 {resultOf({"setup"}, {}), resultOf({"more"}, {"setup"}, QuestionKind::Use),
                  resultOf({}, {"more"})}),
            "a.cpp+b.cpp b.cpp+c.cpp");
}

TEST(CrossUnits, TakesNoneOfTwo) {
  EXPECT_EQ(plan({unitOf("a.cpp"), unitOf("b.cpp"), unitOf("c.cpp")},
                 {resultOf({"setup"}, {}), resultOf({}, {"setup"}), resultOf({}, {"setup"})}),
            "");
}

TEST(CrossUnits, ComparesFlags) {
  std::vector<UnitResult> Results = {resultOf({"setup"}, {}), resultOf({}, {"setup"})};
  auto With = [&](std::vector<std::string> A, std::vector<std::string> B) {
    return plan({unitOf("a.cpp", std::move(A)), unitOf("b.cpp", std::move(B))}, Results);
  };
  EXPECT_EQ(With({"-DA"}, {"-DA"}), "a.cpp+b.cpp");
  EXPECT_EQ(With({"-DA"}, {"-DA=2"}), "");
  EXPECT_EQ(With({"-std=c++17"}, {"-std=c++20"}), "");
  EXPECT_EQ(With({"-O0", "-c", "-o", "a.o", "-MF", "a.d"}, {"-O3", "-g", "-fPIC", "-Dnet_EXPORTS"}),
            "a.cpp+b.cpp");
  std::vector<Unit> Units = {unitOf("a.cpp", {"-I", "x"}), unitOf("b.cpp", {"-I/p/x", "-I/p/y"})};
  CrossUnitPlan Plan = planCrossUnits(Units, Results, boundariesOf(Results), 2);
  ASSERT_EQ(Plan.Units.size(), 1u);
  const auto &Line = Plan.Units[0].Joint.CommandLine;
  EXPECT_EQ(llvm::ArrayRef(Line).take_back(2), llvm::ArrayRef<std::string>({"-I", "/p/y"}));
  EXPECT_EQ(With({"-frandom-seed=a.o", "-oa.o", "-MFa.d"}, {"-frandom-seed=b.o", "--coverage"}),
            "a.cpp+b.cpp");
}

TEST(CrossUnits, AsksForThoseOfTheRunAlone) {
  std::vector<Unit> Units = {unitOf("a.cpp"), unitOf("b.cpp")};
  std::vector<UnitResult> Results = {resultOf({"setup"}, {"main"}), resultOf({"main"}, {"setup"})};
  EXPECT_EQ(planCrossUnits(Units, Results, boundariesOf(Results), 2).Units.size(), 2u);
  // One that is not of the run asks what the run's define.
  std::vector<UnitResult> Other = {resultOf({}, {"setup"}), resultOf({"setup"}, {"main"})};
  EXPECT_EQ(planCrossUnits(Units, Other, boundariesOf(Other), 1).Units.size(), 1u);
  Other[1] = resultOf({"setup"}, {"main"}, QuestionKind::Use);
  EXPECT_EQ(planCrossUnits(Units, Other, boundariesOf(Other), 1).Units.size(), 0u);
}

// A finding at an offset of a file.
clang::tidy::ClangTidyError findingAt(llvm::StringRef File, unsigned Offset,
                                      llvm::StringRef Message) {
  clang::tidy::ClangTidyError E("torch-null-module", clang::tidy::ClangTidyError::Warning, "/p",
                                false);
  E.Message.FilePath = File.str();
  E.Message.FileOffset = Offset;
  E.Message.Message = Message.str();
  return E;
}

TEST(CrossUnits, TellsEditorsWhatAFileByItselfDoesNotShow) {
  // a.cpp is read with b.cpp behind it; both define members of the class in net.h.
  std::vector<Unit> Units = {unitOf("a.cpp"), unitOf("b.cpp")};
  std::vector<UnitResult> Results(2);
  UnitResult Joint;
  for (auto [File, Of] : {std::pair("/p/a.cpp", 0),
                          {"/p/net.h", 0},
                          {"/p/b.cpp", 1},
                          {"/p/net.h", 1},
                          {"/usr/x.h", 0}}) {
    Dependency D;
    D.Path = File;
    D.Digest = D.Path;
    Results[Of].Dependencies.push_back(D);
    Joint.Dependencies.push_back(D);
  }
  Results[0].Diagnostics = {findingAt("/p/a.cpp", 1, "stays"), findingAt("/p/a.cpp", 2, "goes"),
                            findingAt("/p/a.cpp", 3, "changes")};
  Results[1].Diagnostics = {findingAt("/p/net.h", 7, "goes"), findingAt("/p/b.cpp", 8, "its own")};
  Joint.Diagnostics = {findingAt("/p/a.cpp", 1, "stays"), findingAt("/p/a.cpp", 3, "changed"),
                       findingAt("net.h", 4, "new"), findingAt("/p/b.cpp", 5, "another class's")};
  CrossScope Scope{2, false, [](auto, auto) { return true; },
                   [](llvm::StringRef File) { return File.starts_with("/p/"); }};
  CrossUnit Cross{0, Units[0], {{1, "Net::setup", 1, {{1, 1}}}}};
  TakenOver Taken = takeOver(Cross, Units, Results, {Joint}, Scope);

  std::string Text;
  for (const JointReading &R : Taken.Readings) {
    Text += R.Unit.substr(3) + " " + R.File.substr(3) + " " + R.Digest.substr(3) + ":";
    for (const auto &E : R.Found)
      Text += " " + E.Message.FilePath.substr(3) + " " + E.Message.Message + " " +
              std::to_string(E.Notes.size());
    for (const RefutedFinding &E : R.Refuted)
      Text += " -" + E.Path.substr(3) + " " + std::to_string(E.Offset);
    Text += " (";
    for (const Dependency &D : R.Others)
      Text += " " + D.Path.substr(3);
    Text += " )\n";
  }
  EXPECT_EQ(
      Text,
      "a.cpp a.cpp a.cpp: a.cpp changed 1 net.h new 1 -a.cpp 2 -a.cpp 3 ( net.h b.cpp net.h )\n"
      "a.cpp b.cpp b.cpp: -net.h 7 ( a.cpp net.h net.h )\n"
      "a.cpp net.h net.h: net.h new 1 -net.h 7 ( a.cpp b.cpp )\n");
  EXPECT_TRUE(Taken.Unread.empty());
}

TEST(CrossUnits, LeavesTheUsesOfAnsweringFilesAlone) {
  UnitResult Result = resultOf({"setup"}, {}, QuestionKind::Use);
  EXPECT_EQ(questionsOf(boundariesOf(Result), /*AreJoined=*/false).size(), 1u);
  EXPECT_EQ(questionsOf(boundariesOf(Result), /*AreJoined=*/true).size(), 0u);
}

TEST(CrossUnits, LooksForAnswersInTextsThatNameTheFunction) {
  TemporaryDirectory Directory;
  // Of few functions and of many: two ways to look for them.
  auto MayAnswer = [&](llvm::StringRef Text, std::string Class, std::string Function) {
    OpenQuestion Asked{"usr", std::move(Class), std::move(Function), QuestionKind::OwnClass};
    Unit U{Directory.write("other.cpp", Text), "/", {"c++"}, {}};
    std::vector<OpenQuestion> Many{Asked};
    for (int I = 0; I < 10; ++I)
      Many.push_back({"usr", "Other" + std::to_string(I), "other" + std::to_string(I),
                      QuestionKind::OwnClass});
    bool May = !mayAnswer(Asked, {U}).empty();
    EXPECT_EQ(May, !mayAnswer(Many, {U}).empty()) << Text.str();
    return May;
  };
  EXPECT_TRUE(MayAnswer("void Net::setup() {}", "Net", "setup"));
  EXPECT_TRUE(MayAnswer("void a::Net ::\n setup() {}", "Net", "setup"));
  EXPECT_TRUE(MayAnswer("Net::Net(int n) {}", "Net", "Net"));
  EXPECT_FALSE(MayAnswer("void use(Net &net) { net.setup(); }", "Net", "setup"));
  EXPECT_FALSE(MayAnswer("void Other::setup() {}", "Net", "setup"));
  EXPECT_FALSE(MayAnswer("void Net::setups() {}", "Net", "setup"));
  EXPECT_TRUE(MayAnswer("Tensor Net::operator()(Tensor x) {}", "Net", "operator"));
  EXPECT_TRUE(MayAnswer("Net make(int n) { return {}; }", "", "make"));
  EXPECT_FALSE(MayAnswer("int maker;", "", "make"));
}

} // namespace
