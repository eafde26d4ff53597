#include "model/syntax/Literals.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string text(llvm::StringRef E) {
  MarkedSnippet Snippet(("void take(std::string); void view(std::string_view);"
                         "struct S { S(std::string); }; void wrap(S); std::string name();"
                         "void f(std::string s) { $call[[" +
                         E + "]]; }")
                            .str());
  std::optional<llvm::StringRef> Found = literalText(Snippet.within<CallExpr>("call")->getArg(0));
  return Found ? "'" + Found->str() + "'" : "-";
}

TEST(Literals, Strings) {
  EXPECT_EQ(text("take(\"x\")"), "'x'");
  EXPECT_EQ(text("take(std::string(\"x\"))"), "'x'");
  EXPECT_EQ(text("take(std::string{\"x\"})"), "'x'");
  EXPECT_EQ(text("take(\"\")"), "''");
  EXPECT_EQ(text("view(\"x\")"), "'x'");
  EXPECT_EQ(text("wrap(std::string(\"x\"))"), "'x'");
  EXPECT_EQ(text("take(s)"), "-");
  EXPECT_EQ(text("take(name())"), "-");
  EXPECT_EQ(text("take(\"x\" + s)"), "-");
  EXPECT_EQ(text("take({})"), "-");
  EXPECT_FALSE(literalText(nullptr));
}

TEST(Literals, Booleans) {
  MarkedSnippet Snippet("void g(bool = true); void f(bool b) {"
                        " $written[[g(false)]]; $default[[g()]]; $variable[[g(b)]]; }");
  auto Value = [&](llvm::StringRef Mark) {
    return boolLiteral(Snippet.within<CallExpr>(Mark)->getArg(0));
  };
  EXPECT_EQ(Value("written"), false);
  EXPECT_EQ(Value("default"), true);
  EXPECT_EQ(Value("variable"), std::nullopt);
  EXPECT_EQ(boolLiteral(nullptr), std::nullopt);
}

TEST(Literals, IntegerConstants) {
  auto Value = [](llvm::StringRef E) {
    MarkedSnippet Snippet(("enum Kind { A, B }; constexpr int n = 4; void take(double); "
                           "template <typename T> void take(T); void f(int given) { take($e[[" +
                           E + "]]); }")
                              .str());
    auto Found = integerConstant(Snippet.within<Expr>("e"), Snippet.context());
    return Found ? std::to_string(*Found) : "-";
  };
  EXPECT_EQ(Value("3"), "3");
  EXPECT_EQ(Value("2 * sizeof(char)"), "2");
  EXPECT_EQ(Value("-n"), "-4");
  EXPECT_EQ(Value("B"), "1");
  EXPECT_EQ(Value("true"), "1");
  EXPECT_EQ(Value("given"), "-");
  EXPECT_EQ(Value("2.5"), "-");
  EXPECT_EQ(Value("~0ull"), "-"); // too large
}

TEST(Literals, BooleansInOptionals) {
  auto Value = [](llvm::StringRef E) {
    MarkedSnippet Snippet(
        ("void take(c10::optional<bool>); void f(bool given) { $call^take(" + E + "); }").str());
    return optionalBool(Snippet.at<CallExpr>("call")->getArg(0));
  };
  EXPECT_EQ(Value("true"), true);
  EXPECT_EQ(Value("false"), false);
  EXPECT_EQ(Value("given"), std::nullopt);
  EXPECT_EQ(Value("c10::nullopt"), std::nullopt);
  EXPECT_EQ(optionalBool(nullptr), std::nullopt);
}

} // namespace
