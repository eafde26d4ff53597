#include "model/syntax/Assignments.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// One letter a statement of f: "=" plain, "c" compound, "w" another write, "." none.
std::string kinds(llvm::StringRef Body) {
  MarkedSnippet Snippet(("struct It { It &operator++(); bool operator<(int); };"
                         "void f(torch::Tensor x, torch::Tensor y, int i, It it) {" +
                         Body + "}")
                            .str());
  std::string Text;
  for (const Stmt *S : cast<CompoundStmt>(Snippet.find<FunctionDecl>("f")->getBody())->children()) {
    const auto *E = cast<Expr>(S)->IgnoreImplicit();
    std::optional<Assignment> Found = asAssignment(E);
    EXPECT_EQ(asPlainAssignment(E).has_value(), Found && !Found->IsCompound);
    if (Found)
      EXPECT_EQ(writtenBy(E), Found->Target);
    Text += Found ? Found->IsCompound ? "c" : "=" : writtenBy(E) ? "w" : ".";
  }
  return Text;
}

TEST(Assignments, OfEveryKind) {
  EXPECT_EQ(kinds("x = y; i = 1; x[0] = y;"), "===");
  EXPECT_EQ(kinds("x += y; x -= y; x *= y; x /= y; x &= y; x |= y; x xor_eq y;"), "ccccccc");
  EXPECT_EQ(kinds("i += 1; i %= 2; i <<= 1; i &= 1;"), "cccc");
  EXPECT_EQ(kinds("++i; i--; ++it;"), "www");
  EXPECT_EQ(kinds("x + y; i == 1; it < 2; f(x, y, i, it);"), "....");
  EXPECT_FALSE(asAssignment(nullptr));
  EXPECT_EQ(writtenBy(nullptr), nullptr);
}

TEST(Assignments, OfAName) {
  MarkedSnippet Snippet("void f(torch::Tensor y) { torch::Tensor ^x; $plain[[x = y]]; "
                        "$compound[[x += y]]; $element[[x[0] = y]]; }");
  const auto *F = Snippet.find<FunctionDecl>("f");
  const VarDecl *X = Snippet.at<VarDecl>(), *Y = F->getParamDecl(0);
  EXPECT_TRUE(assigns(Snippet.within<Stmt>("plain"), X));
  EXPECT_FALSE(assigns(Snippet.within<Stmt>("plain"), Y));
  EXPECT_FALSE(assigns(Snippet.within<Stmt>("compound"), X));
  EXPECT_FALSE(assigns(Snippet.within<Stmt>("element"), X));
  EXPECT_TRUE(isAssignedIn(F->getBody(), X));
  EXPECT_TRUE(isAssignedIn(Snippet.within<Stmt>("compound"), X));
  EXPECT_FALSE(isAssignedIn(Snippet.within<Stmt>("element"), X));
  EXPECT_FALSE(isAssignedIn(F->getBody(), Y));
}

TEST(Assignments, AndDeclarations) {
  MarkedSnippet Snippet("#include <utility>\nvoid f(std::pair<int, int> p) { int i = 0, ^j = i; "
                        "auto $bound^[a, b] = p; a + j; }");
  const auto *Body = cast<CompoundStmt>(Snippet.find<FunctionDecl>("f")->getBody());
  const Stmt *First = Body->body_begin()[0], *Second = Body->body_begin()[1];
  const auto *J = Snippet.at<VarDecl>();
  const auto *B = cast<DecompositionDecl>(cast<DeclStmt>(Second)->getSingleDecl())->bindings()[1];
  EXPECT_TRUE(declares(First, J));
  EXPECT_FALSE(declares(Second, J));
  EXPECT_TRUE(declares(Second, B));
  EXPECT_FALSE(declares(Body, J));
  EXPECT_FALSE(declares(nullptr, J));
}

TEST(Assignments, HaveTargetAndValue) {
  MarkedSnippet Snippet("void f(torch::Tensor x, torch::Tensor y) { $whole[[x = $value^y]]; }");
  std::optional<Assignment> Found = asAssignment(Snippet.within<Stmt>("whole"));
  ASSERT_TRUE(Found);
  EXPECT_EQ(Found->Whole, Snippet.within<Expr>("whole"));
  EXPECT_EQ(cast<DeclRefExpr>(Found->Target)->getDecl()->getName(), "x");
  EXPECT_EQ(Found->Value->IgnoreImplicit(), Snippet.at<DeclRefExpr>("value"));
}

TEST(Assignments, ToSeveralNames) {
  MarkedSnippet Snippet("std::tuple<int, int> both(); void f(int i, int j) {"
                        " $tie[[std::tie(i, j)]] = both(); $call[[both()]]; }");
  const CallExpr *Tie = asTie(Snippet.within<Expr>("tie"));
  ASSERT_TRUE(Tie);
  EXPECT_EQ(Tie->getNumArgs(), 2u);
  EXPECT_FALSE(asTie(Snippet.within<Expr>("call")));
}

} // namespace
