// Whether anything in view asks for what registration is for.
#include "model/modules/OnlyRun.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool onlyRun(llvm::StringRef Uses, llvm::StringRef Method = "", llvm::StringRef Name = "Net") {
  MarkedSnippet Snippet(
      ("#include <vector>\nusing namespace torch; struct Net : nn::Module { Net() : fc(1, 1) {} "
       "Tensor forward(Tensor x) { return fc(x); } " +
       Method + " nn::Linear fc; }; " + Uses)
          .str());
  ProjectIndex Index(Snippet.context());
  return isOnlyRun(Snippet.find<CXXRecordDecl>(Name)->getDefinition(), Index);
}

TEST(OnlyRun, IsWhatOnlyItsOwnMethodsAreCalledOf) {
  EXPECT_TRUE(onlyRun("void f(Tensor x) { Net net; net.forward(x); }"));
  EXPECT_TRUE(onlyRun("void f(Tensor x) { auto net = std::make_shared<Net>(); net->forward(x); }"));
  EXPECT_TRUE(onlyRun("void f(Tensor x) { Net net; net.twice(x); }",
                      "Tensor twice(Tensor x) { return forward(x) * 2; }"));
  EXPECT_TRUE(onlyRun("void f(Tensor x) { Net net; net.forward(x); }",
                      "void add() { register_module(\"fc\", fc); }"));
}

TEST(OnlyRun, IsNotWhatIsAskedForMore) {
  EXPECT_FALSE(onlyRun("void f(Tensor x) { Net net; net.eval(); net.forward(x); }"));
  EXPECT_FALSE(onlyRun("void f(Tensor x) { Net net; net.forward(x); }",
                       "size_t count() { return parameters().size(); }"));
  EXPECT_FALSE(onlyRun("void take(nn::Module &); void f(Tensor x) { Net net; net.forward(x); "
                       "take(net); }"));
  EXPECT_FALSE(onlyRun("void f(Net &net, Tensor x) { net.forward(x); }"));
  EXPECT_FALSE(onlyRun("void f(Tensor x) { Net net; net.forward(x); }",
                       "void give(std::vector<nn::Module *> &to) { to.push_back(this); }"));
}

TEST(OnlyRun, IsNotWhatOthersMayHave) {
  EXPECT_FALSE(onlyRun("void f(Tensor x) { Net net; net.forward(x); } struct More : Net {};"));
  EXPECT_FALSE(onlyRun("void f(Tensor x) { Net net; net.forward(x); } struct Has { Net net; };"));
  EXPECT_FALSE(onlyRun("void f(Tensor x) { Net net; net.forward(x); } "
                       "std::shared_ptr<Net> g() { return std::make_shared<Net>(); }"));
  EXPECT_FALSE(onlyRun("")); // nothing is made in view
}

} // namespace
