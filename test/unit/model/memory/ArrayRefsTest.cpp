// Whose list an ArrayRef refers to.
#include "model/memory/ArrayRefs.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "statement", "scope sizes", "named list", "unknown" of the ArrayRef that `r` is made as.
std::string ownerIn(llvm::StringRef Body) {
  MarkedSnippet Snippet(("using torch::IntArrayRef; std::vector<int64_t> make();"
                         "void f(int64_t n, const std::vector<int64_t> &list, IntArrayRef given) {"
                         " std::vector<int64_t> sizes{1}; " +
                         Body + " }")
                            .str());
  ProjectIndex Index(Snippet.context());
  MemoryOwner Owner;
  forEachArrayRef(Snippet.find<FunctionDecl>("f"), Index,
                  [&](const Borrow &Value, const FunctionDecl *) { Owner = Value.Owner; });
  std::string Name = Owner.Owner ? " " + Owner.Owner->getNameAsString() : "";
  switch (Owner.End) {
  case MemoryEnd::Unknown:
    return "unknown";
  case MemoryEnd::Statement:
    return "statement";
  case MemoryEnd::Scope:
    return "scope" + Name;
  case MemoryEnd::Explicit:
    return "named" + Name;
  }
  return "";
}

TEST(ArrayRefs, KnowTheirList) {
  EXPECT_EQ(ownerIn("IntArrayRef r = {n, 2};"), "statement");
  EXPECT_EQ(ownerIn("IntArrayRef r = make();"), "statement");
  EXPECT_EQ(ownerIn("IntArrayRef r = n + 1;"), "statement");
  EXPECT_EQ(ownerIn("IntArrayRef r = n;"), "scope n");
  EXPECT_EQ(ownerIn("IntArrayRef r = sizes;"), "scope sizes");
  EXPECT_EQ(ownerIn("IntArrayRef r(sizes.data(), 1);"), "scope sizes");
  EXPECT_EQ(ownerIn("IntArrayRef r = list;"), "named list");
  EXPECT_EQ(ownerIn("IntArrayRef r = given;"), "unknown");
  EXPECT_EQ(ownerIn("auto t = torch::zeros({n, 2});"), "unknown"); // an argument
}

TEST(ArrayRefs, NameAContainer) {
  MarkedSnippet Snippet("torch::IntArrayRef a; torch::TensorList b; c10::ArrayRef<float> c;"
                        "c10::string_view d; c10::optional<torch::IntArrayRef> e;");
  auto Owning = [&](llvm::StringRef Name) {
    return owningType(Snippet.find<VarDecl>(Name)->getType());
  };
  EXPECT_EQ(Owning("a"), "std::vector<int64_t>");
  EXPECT_EQ(Owning("b"), "std::vector<torch::Tensor>");
  EXPECT_EQ(Owning("c"), "std::vector<float>");
  EXPECT_EQ(Owning("d"), "std::string");
  EXPECT_EQ(Owning("e"), "");
}

} // namespace
