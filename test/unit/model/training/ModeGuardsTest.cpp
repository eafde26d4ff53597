// Which code of a module runs in both modes.
#include "model/training/ModeGuards.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// Is ^g(x) guarded in a member of a module with the members?
bool guarded(llvm::StringRef Body, llvm::StringRef Members = "") {
  MarkedSnippet Snippet(
      ("using torch::Tensor; bool other(); Tensor g(Tensor x); struct Net : torch::nn::Module { " +
       Members + " Tensor forward(Tensor x, bool given, int n) { " + Body + " return x; } };")
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  return ModeGuards(Index, Graphs).isGuarded(Snippet.at<CallExpr>());
}

TEST(ModeGuards, AreConditionsOnTheMode) {
  EXPECT_FALSE(guarded("^g(x);"));
  EXPECT_TRUE(guarded("if (is_training()) ^g(x);"));
  EXPECT_TRUE(guarded("if (!is_training()) return x; ^g(x);"));
  EXPECT_TRUE(guarded("if (!this->is_training() || n == 0) return x; ^g(x);"));
  EXPECT_TRUE(guarded("x = is_training() ? ^g(x) : x;"));
  EXPECT_TRUE(guarded("bool on = is_training() && n; if (on) ^g(x);"));
  EXPECT_TRUE(guarded("if (torch::GradMode::is_enabled()) ^g(x);"));
  EXPECT_FALSE(guarded("if (n) ^g(x);"));
  EXPECT_FALSE(guarded("if (is_training()) n = 1; ^g(x);"));
  EXPECT_FALSE(guarded("bool on = other(); if (on) ^g(x);"));
}

TEST(ModeGuards, AreTruthValuesOfOthers) {
  EXPECT_TRUE(guarded("if (given) ^g(x);"));
  EXPECT_TRUE(guarded("if (on) ^g(x);", "bool on; void set(bool to) { on = to; }"));
  EXPECT_FALSE(guarded("if (on) ^g(x);", "bool on; Net(bool to) : on(to) {}"));
  EXPECT_TRUE(guarded("if (eval_) ^g(x);", "bool eval_;"));
  EXPECT_TRUE(guarded("switch (mode) { case 1: ^g(x); }", "int mode;"));
  EXPECT_FALSE(guarded("switch (n) { case 1: ^g(x); }"));
}

TEST(ModeGuards, AreAskedWhereValuesAndLambdasAreUsed) {
  EXPECT_TRUE(guarded("auto y = ^g(x); if (is_training()) x = y;"));
  EXPECT_FALSE(guarded("auto y = ^g(x); if (is_training()) n = 1; x = y;"));
  EXPECT_TRUE(guarded("auto f = [&] { ^g(x); }; if (is_training()) f();"));
  EXPECT_FALSE(guarded("auto f = [&] { ^g(x); }; f();"));
  EXPECT_TRUE(guarded("auto f = [&] { if (is_training()) ^g(x); }; f();"));
  EXPECT_FALSE(guarded("[&] { ^g(x); }();"));
}

std::string reached(llvm::StringRef Members) {
  MarkedSnippet Snippet(
      ("using torch::Tensor; struct Net : torch::nn::Module { " + Members + " };").str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  std::string Names;
  for (const FunctionDecl *Function :
       ModeGuards(Index, Graphs).runInBothModes(Snippet.find<CXXRecordDecl>("Net")))
    Names += Function->getNameAsString() + " ";
  return llvm::StringRef(Names).rtrim().str();
}

TEST(ModeGuards, ReachWhatForwardRuns) {
  EXPECT_EQ(reached("void forward() { a(); b(); } void a() {} static void b() { c(); } static void "
                    "c() {} void d() {}"),
            "forward a b c");
  EXPECT_EQ(reached("void forward() { if (is_training()) a(); else b(); } void a() {} void b() {}"),
            "forward");
  EXPECT_EQ(reached("void forward() { train_step(); add_noise(); } void train_step() {} void "
                    "add_noise() {} void forward_train() {}"),
            "forward");
  EXPECT_EQ(reached("void forward() { if (is_training()) forward_once(); } void forward_once() {}"),
            "forward");
}

TEST(ModeGuards, KnowNamesOfDrawing) {
  for (llvm::StringRef Name :
       {"MCDropout", "mc_dropout", "BayesianNet", "StochasticDepth", "Net_MC",
        "DenoisingAutoencoder", "augment", "addNoise", "transforms"})
    EXPECT_TRUE(drawsOnPurpose(Name)) << Name.str();
  for (llvm::StringRef Name : {"Net", "Transformer", "TMC2", "mcts", "Diagnosis", "forward", ""})
    EXPECT_FALSE(drawsOnPurpose(Name)) << Name.str();
}

} // namespace
