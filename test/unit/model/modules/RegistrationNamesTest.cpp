// Names to register members under.
#include "model/modules/RegistrationNames.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string nameFor(llvm::StringRef Members, llvm::StringRef Field, bool Counted = false) {
  MarkedSnippet Snippet(
      ("using namespace torch; struct Net : nn::Module { " + Members + " };").str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  ModuleModel Model(Graphs, Index);
  const auto *Found = Snippet.find<FieldDecl>(("Net::" + Field).str());
  return Counted ? freePrefix(Found, Model) : freeName(Found, Model);
}

TEST(RegistrationNames, AreWithoutWhatMarksAMember) {
  EXPECT_EQ(nameFor("nn::Linear drop_;", "drop_"), "drop");
  EXPECT_EQ(nameFor("nn::Linear m_fc;", "m_fc"), "fc");
  EXPECT_EQ(nameFor("nn::Linear _fc;", "_fc"), "fc");
  EXPECT_EQ(nameFor("nn::Linear m_;", "m_"), "m");
  EXPECT_EQ(nameFor("nn::Linear _1;", "_1"), "_1");
  EXPECT_EQ(nameFor("std::vector<nn::Linear> layers_;", "layers_", true), "layers_");
}

TEST(RegistrationNames, AreFree) {
  EXPECT_EQ(nameFor("nn::Linear fc, fc_;", "fc_"), "fc_");
  EXPECT_EQ(nameFor("nn::Linear fc, fc_;", "fc"), "fc");
  EXPECT_EQ(nameFor("nn::Linear fc_; Net() { register_module(\"fc\", nn::ReLU()); }", "fc_"),
            "fc_");
  EXPECT_EQ(nameFor("nn::Linear a_0; std::vector<nn::Linear> a;", "a_0"), "");
  EXPECT_EQ(nameFor("nn::Linear fc_; Net() { for (auto n : {\"fc\", \"fc_\"}) "
                    "register_module(n, nn::ReLU()); }",
                    "fc_"),
            "");
  EXPECT_EQ(nameFor("nn::Linear fc_; Net() { for (int i = 0; i < 2; ++i) "
                    "register_module(\"fc\" + std::to_string(i), nn::ReLU()); }",
                    "fc_"),
            "");
  EXPECT_EQ(nameFor("std::vector<nn::Linear> layers_; nn::Linear layers_0;", "layers_", true),
            "layers__");
}

} // namespace
