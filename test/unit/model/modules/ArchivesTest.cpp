// What is written to archives and read from them.
#include "model/modules/Archives.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"
#include "model/syntax/Walk.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Classes =
    "#include <sstream>\n#include <torch/script.h>\nusing namespace torch; struct AImpl : "
    "nn::Module "
    "{ AImpl() { fc = register_module(\"fc\", nn::Linear(1, 1)); } nn::Linear fc{nullptr}; }; "
    "TORCH_MODULE(A); struct BImpl : nn::Module { BImpl() { register_module(\"fc\", nn::Linear(1, "
    "1)); head = register_module(\"head\", nn::Linear(1, 1)); } nn::Linear head{nullptr}; }; "
    "TORCH_MODULE(B); ";

const FunctionDecl *use(const MarkedSnippet &Snippet) { return Snippet.find<FunctionDecl>("use"); }

// What the only read of `use` does not find.
std::string mismatch(llvm::StringRef Statements) {
  MarkedSnippet Snippet((Classes +
                         "void use(A a, B b, optim::SGD &sgd, Tensor x, jit::Module script) { " +
                         Statements + "; }")
                            .str());
  TorchFacts Facts(Snippet.context());
  Archives Known(Facts.modules(), Facts.index());
  std::string Text;
  for (const Stmt *S : use(Snippet)->getBody()->children())
    anyDescendant<CallExpr>(S, [&](const CallExpr *Call) {
      auto Use = asArchiveUse(Call);
      auto Found = Use ? Known.mismatch(*Use) : std::nullopt;
      if (Found)
        Text = Found->Is == ArchiveMismatch::Name
                   ? Found->Missing
                   : (Found->Is == ArchiveMismatch::NoCode ? "no code" : "kind");
      return Found.has_value();
    });
  return Text;
}

TEST(Archives, AreOfOneClass) {
  EXPECT_EQ(mismatch("save(a, \"p\"); load(b, \"p\")"), "head");
  EXPECT_EQ(mismatch("const char *p = \"p\"; save(a, p); load(b, p)"), "head");
  EXPECT_EQ(mismatch("save(b, \"p\"); load(a, \"p\")"), ""); // finds what it asks for
  EXPECT_EQ(mismatch("save(a, \"p\"); load(b, \"q\")"), "");
  EXPECT_EQ(mismatch("save(a, \"p\"); save(b, \"p\"); load(b, \"p\")"), "");
}

TEST(Archives, AreOfOneKind) {
  EXPECT_EQ(mismatch("save(a, \"p\"); load(x, \"p\")"), "kind");
  EXPECT_EQ(mismatch("save(x, \"p\"); load(sgd, \"p\")"), "kind");
  EXPECT_EQ(mismatch("save(sgd, \"p\"); load(a, \"p\")"), "kind");
  EXPECT_EQ(mismatch("save(std::vector<Tensor>{x}, \"p\"); load(x, \"p\")"), "");
}

TEST(Archives, HaveCodeWhereAScriptModuleWroteThem) {
  EXPECT_EQ(mismatch("save(a, \"p\"); auto s = jit::load(\"p\"); s.forward({x})"), "no code");
  EXPECT_EQ(mismatch("save(a, \"p\"); jit::load(\"p\").forward({x})"), "no code");
  EXPECT_EQ(mismatch("save(a, \"p\"); auto s = jit::load(\"p\"); s.attr(\"fc\")"), "");
  EXPECT_EQ(mismatch("script.save(\"p\"); auto s = jit::load(\"p\"); s.forward({x})"), "");
  EXPECT_EQ(mismatch("script.save(\"p\"); load(a, \"p\")"), "");
}

size_t shared(llvm::StringRef Statements) {
  MarkedSnippet Snippet((Classes + "void use(Tensor x, std::ostream &out) { std::stringstream s; " +
                         Statements + "; }")
                            .str());
  TorchFacts Facts(Snippet.context());
  return archivesInOneStream(use(Snippet), Facts.graphs()).size();
}

TEST(Archives, ShareAStream) {
  EXPECT_EQ(shared("save(x, s); save(x, s)"), 1U);
  EXPECT_EQ(shared("save(x, s); save(x, s); save(x, s)"), 1U);
  EXPECT_EQ(shared("save(x, s); load(x, s); save(x, s)"), 1U);
  EXPECT_EQ(shared("for (;;) save(x, out)"), 1U);
  EXPECT_EQ(shared("save(x, s); save(x, out)"), 0U);
  EXPECT_EQ(shared("save(x, s); s.str(\"\"); save(x, s)"), 0U);
  EXPECT_EQ(shared("save(x, out); out << 1; save(x, out)"), 0U);
  EXPECT_EQ(shared("for (;;) { std::stringstream t; save(x, t); }"), 0U);
}

} // namespace
