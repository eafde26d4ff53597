// Members that a class looks after itself.
#include "model/facts/HandKept.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Head =
    "using namespace torch; struct Net : nn::Module { nn::Linear m{nn::Linear(1, 1)}; "
    "nn::Dropout d; Tensor t; Tensor forward(Tensor x) { return m(x); } ";

bool isModuleKept(llvm::StringRef Methods) {
  MarkedSnippet Snippet((Head + Methods + " };").str());
  ProjectIndex Index(Snippet.context());
  return isKeptByHand(Snippet.find<FieldDecl>("Net::m"), Index, Snippet.context());
}

TEST(HandKept, AreMovedAndSavedTrainedOrFrozen) {
  EXPECT_TRUE(isModuleKept("void f(Device d) { m->to(d); torch::save(m, \"m.pt\"); }"));
  EXPECT_TRUE(isModuleKept("void f(Device d) { m->to(d); optim::SGD o(m->parameters(), 0.1); }"));
  EXPECT_TRUE(isModuleKept("void f(Device d) { m->to(d); for (auto &p : m->parameters()) "
                           "p.set_requires_grad(false); }"));
  EXPECT_FALSE(isModuleKept("void f(Device d) { m->to(d); }"));
  EXPECT_FALSE(isModuleKept("void f() { torch::save(m, \"m.pt\"); }"));
}

TEST(HandKept, AreSwitchedByAnOverrideOrAsked) {
  auto Is = [](llvm::StringRef Methods) {
    MarkedSnippet Snippet((Head + Methods + " };").str());
    return isSwitchedByHand(Snippet.find<FieldDecl>("Net::d"), Snippet.find<CXXRecordDecl>("Net"),
                            Snippet.context());
  };
  EXPECT_TRUE(Is("void train(bool on) override { nn::Module::train(on); d->train(on); }"));
  EXPECT_TRUE(Is("Tensor run(Tensor x) { return is_training() ? d(x) : x; }"));
  EXPECT_FALSE(Is("Tensor run(Tensor x) { return d(x); }"));
  EXPECT_FALSE(Is(""));
}

TEST(HandKept, AreTensorsThatAreWrittenOrGivenToAnOptimizer) {
  auto Is = [](llvm::StringRef Methods) {
    MarkedSnippet Snippet((Head + Methods + " };").str());
    ProjectIndex Index(Snippet.context());
    return isTensorKeptByHand(Snippet.find<FieldDecl>("Net::t"), Snippet.find<CXXRecordDecl>("Net"),
                              Index);
  };
  EXPECT_TRUE(Is("void f() { optim::SGD o({t}, 0.1); }"));
  EXPECT_TRUE(Is("void save(serialize::OutputArchive &a) const override { a.write(\"t\", t); }"));
  EXPECT_FALSE(Is("void f() { optim::SGD o(m->parameters(), 0.1); }"));
}

} // namespace
