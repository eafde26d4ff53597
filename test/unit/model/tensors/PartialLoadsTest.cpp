// Loops that copy what they find of a state and pass over the rest.
#include "model/tensors/PartialLoads.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

bool isPartial(llvm::StringRef Loop, llvm::StringRef Parameters = "Module &net, Dict state") {
  MarkedSnippet Snippet(("#include <iostream>\nusing torch::nn::Module; using Dict = "
                         "torch::OrderedDict<std::string, torch::Tensor>; struct Fixed : Module { "
                         "Fixed() { register_parameter(\"w\", torch::ones({1})); } }; void use(" +
                         Parameters + ") { for (auto &item : net.named_parameters()) " + Loop +
                         " }")
                            .str());
  bool Found = false;
  const auto *Use = Snippet.find<FunctionDecl>("use");
  forEachCall(Use, [&](const CallExpr *Call, const UseContext &Where) {
    Found |= copiesIntoTensor(Call) && partialCopy(Use, Call, Where).has_value();
  });
  return Found;
}

TEST(PartialLoads, SkipWhatIsNotFound) {
  EXPECT_TRUE(isPartial("{ auto *v = state.find(item.key()); if (v) item.value().copy_(*v); }"));
  EXPECT_TRUE(isPartial("if (state.contains(item.key())) item.value().copy_(state[item.key()]);"));
  EXPECT_TRUE(isPartial("{ if (!state.contains(item.key())) continue; "
                        "item.value().set_data(state[item.key()]); }"));
}

TEST(PartialLoads, AreTold) {
  EXPECT_FALSE(isPartial("item.value().copy_(state[item.key()]);")); // throws
  EXPECT_FALSE(isPartial("if (state.contains(item.key())) item.value().copy_(state[item.key()]); "
                         "else std::cout << item.key();"));
  EXPECT_FALSE(isPartial("{ if (!state.contains(item.key())) throw 1; "
                         "item.value().copy_(state[item.key()]); }"));
}

TEST(PartialLoads, CannotMissANameWithinAClassOfFixedNames) {
  llvm::StringRef Loop = "{ auto *v = from.named_parameters().find(item.key()); if (v) "
                         "item.value().copy_(*v); }";
  EXPECT_FALSE(isPartial(Loop, "Fixed &net, Fixed &from"));
  EXPECT_TRUE(isPartial(Loop, "Fixed &net, Module &from"));
}

bool leavesHalf(llvm::StringRef Before, llvm::StringRef After,
                llvm::StringRef Handler = "const c10::Error &") {
  MarkedSnippet Snippet(("bool use(torch::nn::Linear net) { [[try { " + Before +
                         " ^torch::load(net, \"a.pt\"); " + After + " }]] catch (" + Handler +
                         ") {} return false; }")
                            .str());
  const auto *Try = Snippet.find<FunctionDecl>("use")->getBody();
  const CXXTryStmt *Found = nullptr;
  for (const Stmt *S : Try->children())
    if (const auto *Each = dyn_cast<CXXTryStmt>(S))
      Found = Each;
  return leavesHalfLoaded(Found, Snippet.at<CallExpr>()) && catchesLoadErrors(Found->getHandler(0));
}

TEST(PartialLoads, AreToldByWhatFollowsTheLoad) {
  EXPECT_TRUE(leavesHalf("", ""));
  EXPECT_TRUE(leavesHalf("", "net->eval();"));
  EXPECT_TRUE(leavesHalf("", "", "..."));
  EXPECT_FALSE(leavesHalf("", "return true;"));
  EXPECT_FALSE(leavesHalf("int n = 0;", "n = 1;"));
  EXPECT_FALSE(leavesHalf("torch::nn::Linear net(1, 1);", ""));
  EXPECT_FALSE(leavesHalf("", "", "int"));
}

TEST(PartialLoads, MayDoNothing) {
  MarkedSnippet Snippet("void use() { for (;;) [[{ }]] for (;;) "
                        "$call[[{ use(); }]] }");
  EXPECT_TRUE(isSilentSkip(Snippet.within<Stmt>()));
  EXPECT_FALSE(isSilentSkip(Snippet.within<Stmt>("call")));
}

} // namespace
