// What stands where in a container that is filled in view.
#include "model/facts/Elements.h"
#include "MarkedSnippet.h"
#include "model/torch/ModuleExprs.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string element(llvm::StringRef Constructor, llvm::StringRef Asked) {
  MarkedSnippet Snippet(("using namespace torch::nn; struct Net : Module { Net(Sequential given, "
                         "bool deep) {" +
                         Constructor + "} void use(int64_t at) { " + Asked +
                         "; } Sequential net, other; };")
                            .str());
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  const auto *Body = cast<CompoundStmt>(Snippet.find<FunctionDecl>("Net::use")->getBody());
  const Expr *Found =
      elementNamedBy(stripOwner(cast<Expr>(Body->body_front())), Index, Regs, Snippet.context());
  const CXXRecordDecl *Module = Found ? moduleOf(Found->getType()) : nullptr;
  return Module ? Module->getName().str() : "unknown";
}

size_t countOf(llvm::StringRef Constructor) {
  MarkedSnippet Snippet(("using namespace torch::nn; struct Net : Module { Net(bool deep) {" +
                         Constructor + "} void use() { net; } Sequential net{nullptr}; };")
                            .str());
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  const auto *Body = cast<CompoundStmt>(Snippet.find<FunctionDecl>("Net::use")->getBody());
  auto Found = elementsOf(cast<Expr>(Body->body_front()), Index, Regs, Snippet.context());
  return Found ? Found->size() : 99;
}

TEST(Elements, AreAllThatIsPutIn) {
  EXPECT_EQ(countOf("net = Sequential(Linear(1, 2), ReLU()); net->push_back(ReLU());"), 3u);
  EXPECT_EQ(countOf("net = register_module(\"net\", Sequential(Linear(1, 2)));"), 1u);
  EXPECT_EQ(countOf("if (deep) net = Sequential(ReLU()); else net = Sequential(Linear(1, 2));"),
            99u);
  EXPECT_EQ(countOf("net = Sequential(); if (deep) net->push_back(ReLU());"), 99u);
}

TEST(Elements, StandInTheOrderOfTheirPushes) {
  constexpr llvm::StringLiteral Pushes = "net->push_back(Linear(1, 2)); net->push_back(ReLU());";
  EXPECT_EQ(element(Pushes, "net[0]"), "LinearImpl");
  EXPECT_EQ(element(Pushes, "net->ptr(1)"), "ReLUImpl");
  EXPECT_EQ(element(Pushes, "net->at<ReLUImpl>(1)"), "ReLUImpl");
  EXPECT_EQ(element(Pushes, "net[2]"), "unknown");
  EXPECT_EQ(element(Pushes, "net[at]"), "unknown");
}

TEST(Elements, OfAConstructionAndOfOneThatIsRegistered) {
  EXPECT_EQ(element("net = Sequential(Linear(1, 2), ReLU());", "net[1]"), "ReLUImpl");
  EXPECT_EQ(element("net = register_module(\"net\", Sequential(ReLU(), Linear(1, 2)));", "net[1]"),
            "LinearImpl");
}

TEST(Elements, AreUnknownWhereMoreIsPossible) {
  EXPECT_EQ(element("net = register_module(\"net\", given);", "net[0]"), "unknown");
  EXPECT_EQ(element("if (deep) net->push_back(ReLU()); net->push_back(Linear(1, 2));", "net[0]"),
            "unknown");
  EXPECT_EQ(element("for (int i = 0; i < 2; ++i) net->push_back(ReLU());", "net[0]"), "unknown");
}

} // namespace
