// What constructors and forward reach in a class, and what of a class is in view.
#include "model/facts/ForwardReach.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string names(const Reach &Reached) {
  std::string Text;
  for (const auto &[Function, Call] : Reached)
    Text += Function->getNameAsString() + " ";
  return llvm::StringRef(Text).rtrim().str();
}

MarkedSnippet net(llvm::StringRef Members) {
  return MarkedSnippet(("using namespace torch; struct Base : nn::Module { Tensor inherited() { "
                        "return {}; } }; struct Net : Base { int n = 0; " +
                        Members + " };")
                           .str());
}

std::string forward(llvm::StringRef Members, llvm::StringRef Names = DefaultForwardNames) {
  MarkedSnippet Snippet = net(Members);
  return names(forwardReach(Snippet.find<CXXRecordDecl>("Net")->getDefinition(), Names));
}

TEST(ForwardReach, GoesThroughHelpersOnThis) {
  EXPECT_EQ(
      forward("Tensor helper(Tensor x) { return deeper(x); } Tensor deeper(Tensor x) { return "
              "x; } Tensor loss(Tensor x) { return x; } Tensor forward(Tensor x) { auto f = "
              "[&] { return helper(x); }; return f(); }"),
      "forward helper deeper");
  EXPECT_EQ(forward("Tensor forward() { return this->inherited(); }"), "forward inherited");
  // Two that call each other.
  EXPECT_EQ(
      forward("Tensor forward() { return a(); } Tensor a() { return b(); } Tensor b() { return "
              "a(); }"),
      "forward a b");
}

TEST(ForwardReach, StaysOnThisObject) {
  EXPECT_EQ(forward("Tensor helper() { return {}; } Tensor forward(Net &other) { return "
                    "other.helper(); }"),
            "forward");
  EXPECT_EQ(forward("Tensor forward() { train(); return {}; }"), "forward"); // LibTorch's
  EXPECT_EQ(forward("Tensor elsewhere(); Tensor forward() { return elsewhere(); }"), "forward");
}

TEST(ForwardReach, BeginsAtNamesThatRunAtEveryStep) {
  llvm::StringRef Members = "Tensor predict() { return {}; } Tensor forward_once() { return {}; } "
                            "Tensor operator()() { return {}; } Tensor step() { return {}; }";
  EXPECT_EQ(forward(Members), "predict forward_once operator()");
  EXPECT_EQ(forward(Members, "step; other"), "forward_once operator() step");
  EXPECT_EQ(forward(Members, ""), "forward_once operator()");
}

TEST(ForwardReach, OfConstructorsIncludesTheirInitialisers) {
  MarkedSnippet Snippet = net(
      "int k = initial(); Net() : Net(1) {} Net(int i) : n(first()) { setup(); } int initial() { "
      "return 1; } int first() { return 1; } void setup() {} void later() {}");
  std::string Reached =
      names(constructorReach(Snippet.find<CXXRecordDecl>("Net")->getDefinition()));
  for (llvm::StringRef Name : {"initial", "first", "setup"})
    EXPECT_NE(Reached.find(Name.str()), std::string::npos) << Name.str();
  EXPECT_EQ(Reached.find("later"), std::string::npos);
}

TEST(ForwardReach, KeepsTheCallThatFirstReached) {
  MarkedSnippet Snippet =
      net("Tensor helper() { return {}; } Tensor forward() { ^helper(); return helper(); }");
  for (const auto &[Function, Call] :
       forwardReach(Snippet.find<CXXRecordDecl>("Net")->getDefinition()))
    EXPECT_EQ(Call, Function->getName() == "helper" ? Snippet.at<CallExpr>() : nullptr);
}

TEST(ForwardReach, KnowsWhichMethodsAreInView) {
  auto Partly = [](llvm::StringRef Members) {
    MarkedSnippet Snippet = net(Members);
    return isPartlyVisible(Snippet.find<CXXRecordDecl>("Net")->getDefinition());
  };
  EXPECT_TRUE(Partly("void build();"));
  EXPECT_TRUE(Partly("Net();"));
  // None of these could register or assign a module.
  EXPECT_FALSE(
      Partly("void build() {} Tensor forward(Tensor x); Tensor step(); int count() const; "
             "static void make(); ~Net(); Net(const Net &) = default; virtual void run() = 0;"));
  // Of a member template those that call it decide.
  EXPECT_TRUE(Partly("template <typename T> void build(T t) {}"));
  EXPECT_FALSE(Partly("template <typename T> void build(T t) {} void use() { build(1); }"));
  EXPECT_FALSE(Partly("template <typename T> void build(T t) const {}"));
}

TEST(ForwardReach, TellsWhatCodeOutOfViewMayChange) {
  MarkedSnippet Snippet(
      "struct Seen { void set() { a = 1; } int a; private: int b; }; struct Partly "
      "{ void set(); private: int c; };");
  auto Changed = [&](llvm::StringRef Name) {
    return mayBeChangedElsewhere(Snippet.find<FieldDecl>(Name), Snippet.context());
  };
  EXPECT_FALSE(Changed("Seen::a")); // in the main file
  EXPECT_FALSE(Changed("Seen::b"));
  EXPECT_TRUE(Changed("Partly::c"));
}

} // namespace
