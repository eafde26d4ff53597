// Which pointers and sizes lead into a tensor that ends, and by which call that may not be so.
#include "model/memory/TensorPointers.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// "values of a temporary", "object of y"; with " maycopy". "none" where nothing that ends is led
// to.
std::string ledTo(llvm::StringRef Body) {
  MarkedSnippet Snippet(("using torch::Tensor; Tensor other(); void use(Tensor);"
                         "void f(Tensor x, torch::nn::Linear net) { " +
                         Body + " }")
                            .str());
  ProjectIndex Index(Snippet.context());
  ControlFlowGraphs Graphs(Snippet.context());
  std::string Said = "none";
  forEachTensorPointer(Snippet.find<FunctionDecl>("f"), Graphs, Index,
                       [&](const Borrow &Value, PartOfTensor Part, const FunctionDecl *) {
                         Said = Part == PartOfTensor::Values ? "values of " : "object of ";
                         Said += Value.Owner.Owner ? Value.Owner.Owner->getNameAsString()
                                                   : "a temporary";
                         Said += Value.MayCopy ? " maycopy" : "";
                       });
  return Said;
}

TEST(TensorPointers, LeadIntoWhatALocalIsThere) {
  EXPECT_EQ(ledTo("auto y = x.view(-1); y = y.exp(); auto p = y.data_ptr();"), "values of y");
  EXPECT_EQ(ledTo("auto y = x.view(-1); if (x.defined()) y = y.exp(); auto p = y.data_ptr();"),
            "none");
  EXPECT_EQ(ledTo("auto y = x.exp(); auto p = y.data_ptr(); y = x;"), "none");
}

TEST(TensorPointers, LeadIntoTemporaries) {
  EXPECT_EQ(ledTo("auto p = (x + 1).data_ptr();"), "values of a temporary");
  EXPECT_EQ(ledTo("auto p = x.exp().view(-1)[0].data_ptr<float>();"), "values of a temporary");
  EXPECT_EQ(ledTo("auto p = x.cpu().data_ptr();"), "values of a temporary maycopy");
  EXPECT_EQ(ledTo("auto p = x.exp().cpu().data_ptr();"), "values of a temporary");
  EXPECT_EQ(ledTo("auto p = net(x).data_ptr();"), "values of a temporary");
  EXPECT_EQ(ledTo("auto p = x.clone().add_(1).data_ptr();"), "values of a temporary");
  EXPECT_EQ(ledTo("auto s = x[0].sizes();"), "object of a temporary");
  EXPECT_EQ(ledTo("auto s = x.detach().strides();"), "object of a temporary");
  EXPECT_EQ(ledTo("auto s = x.to(torch::kCUDA).sizes();"), "object of a temporary maycopy");
}

TEST(TensorPointers, LeadIntoLocals) {
  EXPECT_EQ(ledTo("auto y = x * 2; auto p = y.data_ptr();"), "values of y");
  EXPECT_EQ(ledTo("auto y = x.cpu(); auto p = y.data_ptr();"), "values of y maycopy");
  EXPECT_EQ(ledTo("auto y = x.view(-1); auto s = y.sizes();"), "object of y");
  EXPECT_EQ(ledTo("auto y = x.view(-1); auto p = y.data_ptr();"), "none");
  EXPECT_EQ(ledTo("auto y = x * 2; auto z = y; auto p = y.data_ptr();"), "none");
}

TEST(TensorPointers, LeadIntoWhatLivesOn) {
  for (llvm::StringRef Body :
       {"auto p = x.data_ptr();", "auto p = x[0].data_ptr();", "auto p = x.add_(1).data_ptr();",
        "auto p = x.grad().data_ptr();", "auto p = other().data_ptr();",
        "auto p = net->weight.data_ptr();", "auto p = net->parameters()[0].data_ptr();",
        "auto y = torch::rand({3}); auto p = y.contiguous().data_ptr();",
        "if (x.is_contiguous()) { auto p = x.contiguous().data_ptr(); }",
        "auto n = x[0].sizes().size();", "use(x.exp());"})
    EXPECT_EQ(ledTo(Body), "none") << Body.str();
}

} // namespace
