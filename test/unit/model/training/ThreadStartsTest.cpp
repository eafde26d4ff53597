// What starts a thread, and the code that it runs.
#include "model/training/ThreadStarts.h"
#include "MarkedSnippet.h"
#include "model/syntax/Walk.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(ThreadStarts, AreFoundWithTheirCode) {
  MarkedSnippet Snippet(
      "void work(); void work() {}"
      "void f(std::vector<std::thread> v, std::thread other) {"
      "  std::thread a([] {}); v.emplace_back(work); std::thread b(std::move(other));"
      "  std::vector<int> n; n.emplace_back(1); }");
  std::string Found;
  forEach<Expr>(Snippet.find<FunctionDecl>("f")->getBody(), [&](const Expr *E) {
    llvm::ArrayRef<const Expr *> Arguments = threadStart(E);
    if (!Arguments.empty())
      Found += threadBodyOf(Arguments).Lambda             ? "l"
               : threadBodyOf(Arguments).Functions.size() ? "f"
                                                          : "-";
  });
  EXPECT_EQ(Found, "lf");
}

} // namespace
