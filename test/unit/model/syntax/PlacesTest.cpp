#include "model/syntax/Places.h"
#include "MarkedSnippet.h"
#include "model/syntax/Names.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// Asks Question about the expression in a method of a class with all kinds of members.
template <typename Fn> std::string ask(llvm::StringRef E, Fn Question) {
  MarkedSnippet Snippet(
      ("struct Part { int q; int qs[2]; };"
       "struct Base { int b; }; struct Net : Base { int m; Part part; Part *pointer;"
       "  std::vector<int> list; std::shared_ptr<Part> shared; std::map<int, Part> table;"
       "  static int count; void h();"
       "  void f(int x, Part *p, Net &other, std::pair<int, int> pair) {"
       "    auto [first, second] = pair; auto &&^asked = " +
       E + "; } };")
          .str());
  const Expr *Asked = Snippet.at<VarDecl>()->getInit();
  return Question(Asked);
}

std::string named(llvm::StringRef E) {
  return ask(E, [](const Expr *E) { return nameOf(namedDecl(E)).str(); });
}

TEST(Places, NamedDecl) {
  EXPECT_EQ(named("x"), "x");
  EXPECT_EQ(named("(std::move(x))"), "x");
  EXPECT_EQ(named("m"), "m");
  EXPECT_EQ(named("this->m"), "m");
  EXPECT_EQ(named("other.m"), "m");
  EXPECT_EQ(named("p->q"), "q");
  EXPECT_EQ(named("other.count"), "count");
  EXPECT_EQ(named("first"), "first");
  EXPECT_EQ(named("list[0]"), "");
  EXPECT_EQ(named("x + 1"), "");
  EXPECT_EQ(namedDecl(nullptr), nullptr);
}

std::string ofThis(llvm::StringRef E) {
  return ask(E, [](const Expr *E) { return nameOf(fieldOfThis(E)).str(); });
}

TEST(Places, FieldOfThis) {
  EXPECT_EQ(ofThis("m"), "m");
  EXPECT_EQ(ofThis("this->m"), "m");
  EXPECT_EQ(ofThis("(*this).m"), "m");
  EXPECT_EQ(ofThis("b"), "b");
  EXPECT_EQ(ofThis("part.q"), "q");
  EXPECT_EQ(ofThis("pointer->q"), "");
  EXPECT_EQ(ofThis("other.m"), "");
  EXPECT_EQ(ofThis("x"), "");
  EXPECT_EQ(fieldOfThis(nullptr), nullptr);
}

TEST(Places, WithoutObject) {
  auto Variable = [](const Expr *E) { return nameOf(namedVariable(E)).str(); };
  EXPECT_EQ(ask("x", Variable), "x");
  EXPECT_EQ(ask("m", Variable), "");
  EXPECT_EQ(ask("first", Variable), ""); // a binding is a part of a variable
  auto Field = [](const Expr *E) { return nameOf(namedField(E)).str(); };
  EXPECT_EQ(ask("p->q", Field), "q");
  EXPECT_EQ(ask("other.count", Field), "");
  auto Subscripted = [](const Expr *E) { return nameOf(namedDecl(stripSubscripts(E))).str(); };
  EXPECT_EQ(ask("list[0]", Subscripted), "list");
  EXPECT_EQ(ask("part.qs[1]", Subscripted), "qs");
  EXPECT_EQ(ask("x", Subscripted), "x");
}

// "root.last" with "this" for the object and "*" for a pointer on the way.
std::string place(llvm::StringRef E) {
  return ask(E, [](const Expr *E) {
    Place P = placeOf(E);
    std::string Text = P.IsThis ? "this" : nameOf(P.Root).str();
    EXPECT_EQ(static_cast<bool>(P), !Text.empty());
    return Text.empty() ? "-" : Text + "." + nameOf(P.Last).str() + (P.ThroughPointer ? "*" : "");
  });
}

TEST(Places, RootAndLast) {
  EXPECT_EQ(place("x"), "x.x");
  EXPECT_EQ(place("p->q"), "p.q*");
  EXPECT_EQ(place("*p"), "p.p*");
  EXPECT_EQ(place("other.part.qs[1]"), "other.qs");
  EXPECT_EQ(place("list.back()"), "this.list*"); // `this` is a pointer
  EXPECT_EQ(place("other.list.at(0)"), "other.list");
  EXPECT_EQ(place("other.shared->q"), "other.q*");
  EXPECT_EQ(place("other.shared.get()"), "other.shared*");
  EXPECT_EQ(place("other.table[0].q"), "other.q");
  EXPECT_EQ(place("std::get<0>(pair)"), "pair.pair");
  EXPECT_EQ(place("other.count"), "count.count");
  EXPECT_EQ(place("list.size()"), "-");
  EXPECT_EQ(place("x + 1"), "-");
}

} // namespace
