#include "model/TorchFacts.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"
#include "model/modules/ModuleModel.h"
#include "model/paths/FunctionPaths.h"
#include <thread>

using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(TorchFacts, AreOneForAllWhoHoldThem) {
  MarkedSnippet Snippet("void f() {}");
  auto First = TorchFacts::get(Snippet.context()), Second = TorchFacts::get(Snippet.context());
  EXPECT_EQ(First, Second);
  EXPECT_EQ(&First->index(), &Second->index());
  EXPECT_EQ(&First->registrations(), &Second->modules().registrations());
  EXPECT_EQ(First->graphs().of(Snippet.find<clang::FunctionDecl>("f")),
            Second->modules().graphs().of(Snippet.find<clang::FunctionDecl>("f")));
}

TEST(TorchFacts, AreFreedWithTheLastHolder) {
  MarkedSnippet Snippet("void f() {}");
  std::weak_ptr<TorchFacts> Watch;
  {
    auto First = TorchFacts::get(Snippet.context());
    auto Second = TorchFacts::get(Snippet.context());
    Watch = First;
    First.reset();
    EXPECT_FALSE(Watch.expired());
  }
  EXPECT_TRUE(Watch.expired());
}

TEST(TorchFacts, BelongToOneTreeAndOneThread) {
  MarkedSnippet One("void f() {}"), Other("void g() {}");
  auto Facts = TorchFacts::get(One.context());
  EXPECT_EQ(&TorchFacts::get(Other.context())->context(), &Other.context());
  std::thread([&] { EXPECT_NE(TorchFacts::get(One.context()), Facts); }).join();
}

} // namespace
