#include "model/facts/Reads.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// How `run` reads the member `t`: "tensor", "host" (its values or shape only), "no".
std::string reads(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("using namespace torch; struct Net { Tensor t, u; Tensor run(Tensor x) { " + Body + " } };")
          .str());
  const auto *Field = Snippet.find<FieldDecl>("Net::t");
  const auto *Run = Snippet.find<FunctionDecl>("Net::run");
  return isReadAsTensor(Field, {Run}) ? "tensor" : isRead(Field, {Run}) ? "host" : "no";
}

TEST(Reads, TellReadsFromWrites) {
  EXPECT_EQ(reads("return x + t;"), "tensor");
  EXPECT_EQ(reads("return x * t.size(0);"), "host");
  EXPECT_EQ(reads("return x * t[0][1].item<float>();"), "host");
  EXPECT_EQ(reads("t = x; return u;"), "no");
  EXPECT_EQ(reads("t = t + x; return u;"), "tensor");
}

TEST(Reads, TellWhatTheHostsMemoryWillDoFor) {
  EXPECT_EQ(reads("return x * t.index({0}).item<float>();"), "host");
  EXPECT_EQ(reads("return x * t.accessor<float, 1>()[0];"), "host");
  EXPECT_EQ(reads("return x.index({indexing::Slice(), t});"), "host");
  EXPECT_EQ(reads("return x + t.to(x.device());"), "host");
  EXPECT_EQ(reads("auto d = x.device(); return x + t.slice(0, 0, 2).to(d);"), "host");
  EXPECT_EQ(reads("return x + t.type_as(x);"), "host");
  EXPECT_EQ(reads("return x + t.to(kFloat);"), "tensor");
  EXPECT_EQ(reads("return t.index({x});"), "tensor");
  EXPECT_EQ(reads("return u.to(x.device()) + t;"), "tensor");
}

TEST(Reads, TellWhatIsOnlyReturned) {
  auto Only = [](llvm::StringRef Body) {
    MarkedSnippet Snippet(
        ("using namespace torch; struct Net { Tensor t; Tensor run(Tensor x) { " + Body + " } };")
            .str());
    return isOnlyReturned(Snippet.find<FieldDecl>("Net::t"),
                          {Snippet.find<FunctionDecl>("Net::run")});
  };
  EXPECT_TRUE(Only("return t;"));
  EXPECT_FALSE(Only("return t + x;"));
  EXPECT_FALSE(Only("t = x; return t;"));
  EXPECT_FALSE(Only("return x;"));
}

} // namespace
