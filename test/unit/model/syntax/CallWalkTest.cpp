// The walk over the calls of a function, and where each stands.
#include "model/syntax/CallWalk.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "name/frames/parents in the innermost body" of each call of `use`.
std::string calls(llvm::StringRef Code) {
  MarkedSnippet Snippet(Code);
  std::string Text;
  forEachCall(
      Snippet.find<FunctionDecl>("use"), [&](const CallExpr *Call, const UseContext &Where) {
        if (const FunctionDecl *Callee = Call->getDirectCallee(); Callee && Callee->getIdentifier())
          Text += Callee->getName().str() + "/" + std::to_string(Where.Frames.size()) + "/" +
                  std::to_string(Where.Parents.size()) + "/" +
                  std::to_string(Where.AllParents.size()) + " ";
      });
  return llvm::StringRef(Text).rtrim().str();
}

TEST(CallWalk, TellsTheStatementsAroundACall) {
  EXPECT_EQ(calls("int f(int n = 0); void use() { f(); if (f()) f(f()); }"),
            "f/1/1/1 f/1/3/3 f/1/2/2 f/1/3/3");
}

TEST(CallWalk, EntersLambdas) {
  // Inside, the statements begin anew; AllParents goes on through the lambda.
  EXPECT_EQ(calls("int f(); void use() { auto g = [] { f(); }; }"), "f/2/1/4");
  // A generic one is walked as it is called.
  EXPECT_EQ(calls("int f(int); void use() { auto g = [](auto n) { f(n); }; g(1); }"), "f/2/1/4");
}

TEST(CallWalk, LeavesLocalClassesToTheirOwnFunctions) {
  EXPECT_EQ(calls("int f(); void use() { struct S { void g() { f(); } }; }"), "");
}

TEST(CallWalk, SeesWrittenInitialisersOfConstructors) {
  MarkedSnippet Snippet("int f(); struct S { int a = f(), b, c; S() : b(f()), c(0) { f(); } };");
  unsigned Count = 0;
  forEachCall(Snippet.find<FunctionDecl>("S::S"),
              [&](const CallExpr *, const UseContext &) { ++Count; });
  EXPECT_EQ(Count, 2u);
}

TEST(CallWalk, FindsStatementsThatAWrapMayReplace) {
  auto IsWrappable = [](llvm::StringRef Body) {
    MarkedSnippet Snippet(("int f(); void use(bool b, int n) { " + Body + " }").str());
    bool Found = false;
    forEachCall(Snippet.find<FunctionDecl>("use"),
                [&](const CallExpr *Call, const UseContext &Where) {
                  Found |= wrappableStatement(Call, Where) != nullptr;
                });
    return Found;
  };
  EXPECT_TRUE(IsWrappable("f();"));
  EXPECT_TRUE(IsWrappable("if (b) f();"));
  EXPECT_TRUE(IsWrappable("for (;;) f();"));
  EXPECT_FALSE(IsWrappable("int x = f();"));
  EXPECT_FALSE(IsWrappable("if (f()) n = 1;"));
  EXPECT_FALSE(IsWrappable("if (b) f(); else n = 1;")); // would take over the else
}

} // namespace
