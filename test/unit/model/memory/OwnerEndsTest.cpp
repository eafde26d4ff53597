// What one statement does to the memory of an owner.
#include "model/memory/OwnerEnds.h"
#include "MarkedSnippet.h"
#include "model/syntax/Walk.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "ends: how", "passes" or "none": what the statements after `show(pointer)` do to its owner.
std::string event(llvm::StringRef Owner, llvm::StringRef Pointer, llvm::StringRef Statement) {
  MarkedSnippet Snippet(
      ("#include <array>\n#include <cstdlib>\n#include <memory>\n#include <string>\n#include "
       "<vector>\nvoid show(const void *); void later(); void f(std::vector<float> &other) { " +
       Owner + " ^show(" + Pointer + "); $after^later(); " + Statement + " }")
          .str());
  ProjectIndex Index(Snippet.context());
  MemoryOwner Found = MemoryOwners(Index).behind(Snippet.at<CallExpr>()->getArg(0));
  if (!Found.isKnown())
    return "unknown";
  const Stmt *Body = Snippet.find<FunctionDecl>("f")->getBody();
  unsigned After = Snippet.points("after")[0];
  std::string Text = "none";
  forEach<Stmt>(Body, [&](const Stmt *S) {
    if (Text != "none" || Snippet.offset(S->getBeginLoc()) < After)
      return;
    OwnerEvent Event = eventOf(S, Found, reserves(Body, Found), &Snippet.context());
    if (Event != OwnerEvent::None)
      Text = Event == OwnerEvent::Passes ? "passes" : "ends: " + saysEnd(S);
  });
  return Text;
}

std::string ofVector(llvm::StringRef Statement) {
  return event("std::vector<float> v(3);", "v.data()", Statement);
}

TEST(OwnerEnds, OfABufferWhenItsOwnerChanges) {
  EXPECT_EQ(ofVector("v.clear();"), "ends: is cleared");
  EXPECT_EQ(ofVector("v.resize(9);"), "ends: is resized");
  EXPECT_EQ(ofVector("v.push_back(1);"), "ends: may move its memory");
  EXPECT_EQ(ofVector("v = {1, 2};"), "ends: is given another value");
  EXPECT_EQ(event("std::string s;", "s.data()", "s += \"x\";"), "ends: is given another value");
}

TEST(OwnerEnds, OfTheHeapByWhoFreesIt) {
  EXPECT_EQ(event("auto *p = new float[3];", "p", "delete[] p;"), "ends: is deleted");
  EXPECT_EQ(event("auto *p = (float *)malloc(3);", "p", "free(p);"), "ends: is freed");
  EXPECT_EQ(event("auto p = std::make_unique<float[]>(3);", "p.get()", "p.reset();"),
            "ends: is released");
}

TEST(OwnerEnds, NotWhereItIsHandedOn) {
  EXPECT_EQ(ofVector("auto w = std::move(v);"), "passes");
  EXPECT_EQ(ofVector("v.swap(other);"), "passes");
  EXPECT_EQ(event("auto p = std::make_unique<float[]>(3);", "p.get()", "auto *q = p.release();"),
            "passes");
  EXPECT_EQ(event("auto *p = new float[3];", "p", "p = nullptr;"), "passes");
}

TEST(OwnerEnds, NotByWhatLeavesTheMemoryInPlace) {
  EXPECT_EQ(ofVector("v[0] = 1; v.size(); later();"), "none");
  EXPECT_EQ(ofVector("other.clear();"), "none");
  EXPECT_EQ(event("std::vector<float> v; v.reserve(9);", "v.data()", "v.push_back(1);"), "none");
  EXPECT_EQ(event("std::array<float, 3> a{};", "a.data()", "a.fill(1); a = {};"), "none");
  // An element's buffer goes along when the container grows.
  EXPECT_EQ(event("std::vector<std::vector<float>> v(3);", "v[0].data()", "v.push_back({});"),
            "none");
}

TEST(OwnerEnds, NotByAsManyElementsAsBefore) {
  EXPECT_EQ(ofVector("v.assign(3, 0.f);"), "none");
  EXPECT_EQ(ofVector("v.resize(2);"), "none");
  EXPECT_EQ(ofVector("v.assign(other.begin(), other.end());"), "ends: may move its memory");
  EXPECT_EQ(
      event("const std::vector<float> w(2); std::vector<float> v(w.size());", "v.data()", "v = w;"),
      "none");
  EXPECT_EQ(event("std::vector<float> v(other.size());", "v.data()", "v = other;"),
            "ends: is given another value");
}

} // namespace
