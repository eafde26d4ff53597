// Which members are ArrayRefs that keep what ends too early.
#include "model/memory/ArrayRefMembers.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// Does the member `m` of S dangle?
bool dangles(llvm::StringRef Class, llvm::StringRef Uses) {
  MarkedSnippet Snippet(("#include <memory>\nusing torch::IntArrayRef; std::vector<int64_t> make();"
                         "struct S { " +
                         Class + " int64_t read() { return m[0]; } IntArrayRef m; }; " + Uses)
                            .str());
  ProjectIndex Index(Snippet.context());
  return danglingMember(Snippet.find<FieldDecl>("S::m"), Index, Snippet.context()).has_value();
}

TEST(ArrayRefMembers, NeedACaller) {
  llvm::StringRef Class = "S(IntArrayRef l) : m(l) {}";
  EXPECT_TRUE(dangles(Class, "void f() { S s({1, 2}); }"));
  EXPECT_TRUE(dangles(Class, "auto f() { return std::make_unique<S>(make()); }"));
  EXPECT_TRUE(dangles(Class, "S *f() { return new S({1, 2}); }"));
  EXPECT_TRUE(dangles(Class, "S f() { std::vector<int64_t> v; return S(v); }"));
  EXPECT_TRUE(dangles(Class, "struct T { S s; T() : s(make()) {} };"));
  EXPECT_TRUE(dangles("void set(IntArrayRef l) { m = l; }", "void f(S s) { s.set({1, 2}); }"));
  EXPECT_FALSE(dangles(Class, ""));
  EXPECT_FALSE(dangles(Class, "void f() { S({1, 2}).read(); }"));
  EXPECT_FALSE(dangles(Class, "void f(std::vector<int64_t> v) { S s(v); }"));
  EXPECT_FALSE(dangles(Class, "void f(IntArrayRef l) { S s(l); }"));
}

} // namespace
