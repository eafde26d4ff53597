// Where `.clone()` gives a tensor memory of its own and changes nothing else.
#include "model/memory/BlobFix.h"
#include "MarkedSnippet.h"
#include "model/memory/Blobs.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// The code before the place of the fix, from its line's last `;` or `{` on; "none" without one.
std::string clonedAt(llvm::StringRef Body) {
  std::string Code =
      ("#include <vector>\n#define BLOB(X) torch::from_blob(X, {3})\nusing namespace torch; void "
       "use(Tensor);\nTensor f(Tensor &out, bool b) { std::vector<float> v(3); " +
       Body + " }")
          .str();
  MarkedSnippet Snippet(Code);
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  std::string Text = "fine";
  Blobs(Graphs, Index)
      .forEach(Snippet.find<FunctionDecl>("f"), [&](const Borrow &Value, const FunctionDecl *In) {
        std::optional<Dangling> Found = BorrowPaths(Graphs).follow(Value, In);
        if (!Found)
          return;
        SourceLocation At = clonePlace(Value, *Found, In, Snippet.context());
        llvm::StringRef Before =
            llvm::StringRef(Code).take_front(At.isValid() ? Snippet.offset(At) : 0);
        Text = At.isValid() ? Before.substr(Before.find_last_of(";{=") + 1).trim().str() : "none";
        if (llvm::StringRef(Text).ends_with(")") && Before.ends_with("{3})"))
          Text = "behind the call";
      });
  return Text;
}

TEST(BlobFix, StandsBehindWhatLeaves) {
  EXPECT_EQ(clonedAt("auto t = torch::from_blob(v.data(), {3}); return t;"), "return t");
  EXPECT_EQ(clonedAt("auto t = torch::from_blob(v.data(), {3}); out = t; return out + 1;"), "t");
}

TEST(BlobFix, StandsBehindTheCallWhereTheMemoryIsGoneLater) {
  EXPECT_EQ(clonedAt("auto t = torch::from_blob(v.data(), {3}); v.clear(); return t + 1;"),
            "behind the call");
  // What is written into the memory afterwards would be lost.
  EXPECT_EQ(
      clonedAt("auto t = torch::from_blob(v.data(), {3}); v[0] = 1; v.clear(); return t + 1;"),
      "none");
}

TEST(BlobFix, LeavesMacrosAndChoicesAlone) {
  EXPECT_EQ(clonedAt("return BLOB(v.data());"), "none");
  EXPECT_EQ(clonedAt("auto t = torch::from_blob(v.data(), {3}); return t.clone();"), "fine");
}

} // namespace
