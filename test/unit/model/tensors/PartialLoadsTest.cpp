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
  forEachCall(Snippet.find<FunctionDecl>("use"),
              [&](const CallExpr *Call, const UseContext &Where) {
                Found |= copiesIntoTensor(Call) && partialCopy(Call, Where).has_value();
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

TEST(PartialLoads, MayDoNothing) {
  MarkedSnippet Snippet("void use() { for (;;) [[{ }]] for (;;) "
                        "$call[[{ use(); }]] }");
  EXPECT_TRUE(isSilentSkip(Snippet.within<Stmt>()));
  EXPECT_FALSE(isSilentSkip(Snippet.within<Stmt>("call")));
}

} // namespace
