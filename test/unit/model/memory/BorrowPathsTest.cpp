// How a tensor over borrowed memory travels, and where it outlives its owner.
#include "model/memory/BorrowPaths.h"
#include "MarkedSnippet.h"
#include "model/memory/Blobs.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// What becomes of the tensor that `f` makes: "returned", "stored out", "used", "fine"; with
// " past" where its owner has ended then, " maycopy" where a call need not copy.
std::string fate(llvm::StringRef Body, llvm::StringRef Result = "Tensor") {
  MarkedSnippet Snippet(("#include <memory>\n"
                         "using namespace torch; void use(Tensor); void change(Tensor &);"
                         "struct Pair { Tensor a, b; }; extern Tensor global;" +
                         Result +
                         " f(Tensor &out, std::vector<Tensor> &list, Device device, bool b) { "
                         "std::vector<float> v(3); " +
                         Body + " }")
                            .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  std::string Said = "no blob";
  Blobs(Graphs, Index)
      .forEach(Snippet.find<FunctionDecl>("f"), [&](const Borrow &Value, const FunctionDecl *Body) {
        std::optional<Dangling> Found = BorrowPaths(Graphs).follow(Value, Body);
        if (!Found) {
          Said = "fine";
          return;
        }
        Said = Found->How == Dangling::Returned ? "returned"
               : Found->How == Dangling::Used   ? "used"
                                                : "stored " + Found->Keeper->getNameAsString();
        Said += Found->IsPast ? " past" : "";
        Said += Found->MayCopy ? " maycopy" : "";
      });
  return Said;
}

#define BLOB "torch::from_blob(v.data(), {3})"

TEST(BorrowPaths, FollowNamesAndViews) {
  EXPECT_EQ(fate("return " BLOB ";"), "returned");
  EXPECT_EQ(fate("auto t = " BLOB "; auto u = t[0].view(-1); return u;"), "returned");
  EXPECT_EQ(fate("auto t = " BLOB "; auto u = b ? t : out; return u;"), "returned");
  EXPECT_EQ(fate("auto t = " BLOB "; return t.to(device);"), "returned maycopy");
  EXPECT_EQ(fate("auto t = " BLOB "; return t.to(kFloat32).cpu();"), "returned");
  EXPECT_EQ(fate("auto t = " BLOB "; return t.add_(1);"), "returned");
  EXPECT_EQ(fate("auto t = " BLOB "; t = t + 1; return t;"), "fine");
  EXPECT_EQ(fate("auto t = " BLOB "; return t.to(kDouble);"), "fine");
  EXPECT_EQ(fate("auto t = " BLOB "; return t.to(kCUDA);"), "fine");
  EXPECT_EQ(fate("auto t = " BLOB "; return t.t().contiguous();"), "fine");
  EXPECT_EQ(fate("auto t = " BLOB "; return t.select(0, 1).contiguous();"), "returned");
  EXPECT_EQ(fate("auto t = " BLOB "; change(t); return t;"), "fine"); // given another, perhaps
}

TEST(BorrowPaths, FollowWhatGroupsThem) {
  EXPECT_EQ(fate("return {" BLOB ", out};", "Pair"), "returned");
  EXPECT_EQ(fate("Pair p; p.b = " BLOB "; return p;", "Pair"), "returned");
  EXPECT_EQ(fate("Pair p; p.b = " BLOB "; p.b = p.b.clone(); return p;", "Pair"), "fine");
  EXPECT_EQ(fate("return std::make_tuple(1, " BLOB ");", "std::tuple<int, Tensor>"), "returned");
  EXPECT_EQ(fate("auto t = " BLOB "; return [t] { return t; };", "std::function<Tensor()>"),
            "returned");
  EXPECT_EQ(fate("std::vector<Tensor> all{" BLOB "}; return torch::stack(all);"), "fine");
}

TEST(BorrowPaths, KnowWhatOutlivesTheFunction) {
  EXPECT_EQ(fate("out = " BLOB "; return out + 1;"), "stored out");
  EXPECT_EQ(fate("list.push_back(" BLOB "); return list[0] + 1;"), "stored list");
  EXPECT_EQ(fate("global = " BLOB "; return global + 1;"), "stored global");
  EXPECT_EQ(fate("auto &alias = out; alias = " BLOB "; return out + 1;"), "stored out");
  EXPECT_EQ(fate("out = " BLOB "; out = out.clone(); return out;"), "fine");
  EXPECT_EQ(fate("out.copy_(" BLOB "); return out;"), "fine");
}

TEST(BorrowPaths, KnowWhatEndsTheOwner) {
  EXPECT_EQ(fate("auto t = " BLOB "; v.clear(); return t + 1;"), "used past");
  EXPECT_EQ(fate("auto t = " BLOB "; if (b) v.resize(9); return t + 1;"), "used past");
  EXPECT_EQ(fate("auto t = " BLOB "; v = {1, 2}; use(t); return out;"), "used past");
  EXPECT_EQ(fate("Tensor t; { std::vector<float> v(3); t = " BLOB "; } use(t); return out;"),
            "used past");
  EXPECT_EQ(
      fate("auto t = torch::from_blob(std::vector<float>{1}.data(), {1}); use(t); return out;"),
      "used past");
  EXPECT_EQ(
      fate("auto *p = new float[3]; auto t = torch::from_blob(p, {3}); delete[] p; return t + 1;"),
      "used past");
  EXPECT_EQ(fate("auto t = " BLOB "; v.clear(); std::cout << t.sizes(); return out;"), "fine");
  EXPECT_EQ(fate("auto t = " BLOB "; use(t); v.clear(); return out;"), "fine");
  EXPECT_EQ(fate("auto t = " BLOB "; auto w = std::move(v); return t + 1;"), "fine");
  EXPECT_EQ(fate("v.reserve(9); auto t = " BLOB "; v.push_back(1); return t + 1;"), "fine");
  EXPECT_EQ(fate("for (int i = 0; i < 3; ++i) { auto t = " BLOB "; use(t); v.push_back(1); }"
                 " return out;"),
            "fine");
  EXPECT_EQ(fate("for (int i = 0; i < 3; ++i) { std::vector<float> v(3); list.push_back(" BLOB
                 "); }"
                 " return torch::stack(list);"),
            "used past");
}

} // namespace
