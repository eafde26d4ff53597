// How expressions become terms.
#include "model/summaries/TermBuilder.h"
#include "KeysOfSnippet.h"
#include "MarkedSnippet.h"
#include "ParseSnippet.h"
#include "model/syntax/Enclosing.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

Term termOf(llvm::StringRef Expression, llvm::StringRef Before = "") {
  MarkedSnippet Snippet(
      ("using namespace torch; " + Before + " auto made = [[" + Expression + "]];").str());
  TermBuilder Builder(Snippet.context(), [](const FunctionDecl *) {}, [](const CXXRecordDecl *) {});
  return Builder.expression(Snippet.within<Expr>());
}

TEST(TermBuilder, FoldsConstants) {
  Term T = termOf("2 * width + 1", "constexpr int width = 4;");
  EXPECT_EQ(T.Is, TermKind::Integer);
  EXPECT_EQ(T.Number, 9);
  EXPECT_EQ(termOf("std::string(\"fc\")").Is, TermKind::Text);
  EXPECT_EQ(termOf("1.5").Is, TermKind::Real);
}

TEST(TermBuilder, KnowsLayersOptionsAndClasses) {
  Term T = termOf("nn::Linear(3, 4)");
  EXPECT_EQ(T.Is, TermKind::Layer);
  EXPECT_EQ(T.Text, "Linear");
  EXPECT_EQ(T.Parts.size(), 2u);
  EXPECT_EQ(termOf("nn::LinearOptions(3, 4).bias(false)").Is, TermKind::Set);
  EXPECT_EQ(termOf("std::make_shared<Net>()", "struct Net : nn::Module {};").Is, TermKind::Object);
  EXPECT_EQ(termOf("nn::Linear(nullptr)").Is, TermKind::Null);
}

TEST(TermBuilder, KnowsShapesOfTensors) {
  Term T = termOf("torch::zeros({2, 3}, torch::kDouble)");
  EXPECT_EQ(T.Is, TermKind::Tensor);
  EXPECT_EQ(T.Text, "float64");
  EXPECT_EQ(termOf("torch::randn({2}) * 0.1").Is, TermKind::Like);
}

TEST(TermBuilder, SaysWhatItDoesNotKnow) {
  Term T = termOf("std::strlen(\"x\") + std::rand()");
  EXPECT_EQ(T.Is, TermKind::Operator);
  EXPECT_EQ(termOf("std::rand()").Is, TermKind::Unknown);
  EXPECT_EQ(termOf("std::rand()").Text, "std::rand()");
}

TEST(TermBuilder, FindsTheSameUsrInEveryUnit) {
  auto One = test::parse("namespace a { struct Net : torch::nn::Module { Net(); }; }");
  auto Two = test::parse(
      "int before; namespace a { struct Net : torch::nn::Module { Net(); }; } a::Net::Net() {}");
  EXPECT_EQ(usrOf(test::find(*One, "a::Net")), usrOf(test::find(*Two, "a::Net")));
  EXPECT_NE(usrOf(test::find(*One, "a::Net")), "");
}

// A number of a character type is one character of a name.
TEST(TermBuilder, PutsCharactersIntoStrings) {
  auto Keys = [](llvm::StringRef Name, llvm::StringRef Before = "") {
    return test::keysOfBody((Before + " register_buffer(" + Name + ", torch::ones(1));").str());
  };
  EXPECT_EQ(Keys("std::string(\"conv\") + '_' + std::to_string(3)"), "conv_3[1]");
  EXPECT_EQ(Keys("'c' + std::string(\"onv\")"), "conv[1]");
  EXPECT_EQ(Keys("s", "std::string s = \"conv\"; s += '_'; s.push_back('x');"), "conv_x[1]");
  EXPECT_EQ(Keys("s", "std::string s; s = 'x';"), "x[1]");
  EXPECT_EQ(Keys("c10::str(\"conv\", '_', 3)"), "conv_3[1]");
  EXPECT_EQ(Keys("std::string(\"conv\") + char('a' + i)", "int i = 2;"), "convc[1]");
  EXPECT_EQ(Keys("std::string(\"conv\") + c", "char c = 'a'; c += 1;"), "convb[1]");
  EXPECT_EQ(Keys("std::string(\"conv\") + char(std::rand())"), "conv…[1]");
  EXPECT_EQ(Keys("std::to_string('a')"), "97[1]");
  // Pointers that move are no strings with numbers.
  EXPECT_EQ(Keys("\"xconv\" + i", "int i = std::rand();"), "…[1]");
}

TEST(TermBuilder, ForgetsWhereAPointerMoves) {
  EXPECT_EQ(test::keysOfBody("int a[2] = {1, 2}; int *p = a; *(p + 1) = 9; "
                             "register_module(\"a\", nn::Linear(a[1], 1));"),
            "a.weight[1,…] a.bias[1]");
}

// What converts a temporary is seen.
TEST(TermBuilder, ConvertsTemporaries) {
  EXPECT_EQ(test::keysOfBody("register_module(\"a\", nn::Linear(std::max<int64_t>(8, width * "
                             "0.25), 1));",
                             "", "int width", TreeValue::integer(50)),
            "a.weight[1,12] a.bias[1]");
}

} // namespace
