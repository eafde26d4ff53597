// Options of optimizers that are changed where the optimizer does not look.
#include "model/training/OptionCopies.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string copies(llvm::StringRef Body) {
  MarkedSnippet Snippet(("#include <iostream>\nusing namespace torch::optim;"
                         "void far(SGDOptions &); void f(SGD &sgd) { " +
                         Body + " }")
                            .str());
  static constexpr llvm::StringLiteral Kinds[] = {"copy ", "group ", "defaults ", "hidden "};
  std::string Found;
  forEachOptionCopy(Snippet.find<FunctionDecl>("f"), Snippet.context(),
                    [&](const OptionCopy &Copy) { Found += Kinds[Copy.Is]; });
  return llvm::StringRef(Found).rtrim().str();
}

TEST(OptionCopies, AreChangedAndGoNowhere) {
  const std::string Copy = "auto o = static_cast<SGDOptions &>(sgd.param_groups()[0].options()); ";
  EXPECT_EQ(copies(Copy + "o.lr(0.1);"), "copy");
  EXPECT_EQ(copies(Copy + "o.lr() = 0.1;"), "copy");
  EXPECT_EQ(copies(Copy + "std::cout << o.lr();"), "");
  EXPECT_EQ(copies(Copy + "o.lr(0.1); far(o);"), "");
  EXPECT_EQ(copies("auto &o = static_cast<SGDOptions &>(sgd.param_groups()[0].options());"
                   " o.lr(0.1);"),
            "");
}

TEST(OptionCopies, AreOfGroupsToo) {
  EXPECT_EQ(copies("for (auto g : sgd.param_groups()) g.options().set_lr(0.1);"), "group");
  EXPECT_EQ(copies("for (auto &g : sgd.param_groups()) g.options().set_lr(0.1);"), "");
  EXPECT_EQ(copies("for (auto g : sgd.param_groups()) std::cout << g.params().size();"), "");
}

TEST(OptionCopies, AreDefaultsThatNoGroupReads) {
  EXPECT_EQ(copies("sgd.defaults().set_lr(0.1);"), "defaults");
  EXPECT_EQ(copies("sgd.defaults().set_lr(0.1);"
                   " sgd.add_param_group(OptimizerParamGroup(std::vector<torch::Tensor>{}));"),
            "");
}

} // namespace
