// Whether an element is asked for as what it is.
#include "model/layers/ElementCasts.h"
#include "MarkedSnippet.h"
#include "model/facts/Elements.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string wrong(llvm::StringRef Use) {
  MarkedSnippet Snippet(
      ("using namespace torch::nn; struct Net : Module { Net() { net->push_back(Linear(1, 2)); "
       "net->push_back(ReLU()); list->push_back(Linear(1, 2)); } void use() { " +
       Use + " } Sequential net; ModuleList list; };")
          .str());
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  std::string Text;
  forEachWrongCast(
      Snippet.find<FunctionDecl>("Net::use"),
      [&](const Expr *E) { return elementNamedBy(E, Index, Regs, Snippet.context()); },
      Snippet.context(),
      [&](const WrongCast &Found) {
        Text += Found.Stands->getName().str() + (Found.Throws ? " throws " : " null ");
      });
  return llvm::StringRef(Text).rtrim().str();
}

TEST(ElementCasts, OfASequentialThrow) {
  EXPECT_EQ(wrong("net->at<LinearImpl>(1).weight;"), "ReLUImpl throws");
  EXPECT_EQ(wrong("net->ptr<LinearImpl>(1);"), "ReLUImpl throws");
  EXPECT_EQ(wrong("net->at<LinearImpl>(0).weight;"), "");
  EXPECT_EQ(wrong("net->ptr(1);"), "");
}

TEST(ElementCasts, ToANullPointerThatIsUsed) {
  EXPECT_EQ(wrong("net[1]->as<Linear>()->weight;"), "ReLUImpl null");
  EXPECT_EQ(wrong("list->at<Conv2dImpl>(0).weight;"), "LinearImpl null");
  EXPECT_EQ(wrong("(*list[0]->as<Conv2d>()).weight;"), "LinearImpl null");
  EXPECT_EQ(wrong("net[0]->as<Module>()->parameters();"), "");
  EXPECT_EQ(wrong("if (auto *l = net[1]->as<Linear>()) l->weight;"), "");
}

} // namespace
