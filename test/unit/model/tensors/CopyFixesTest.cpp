// How an assignment that rebinds a registered tensor can be written instead.
#include "model/tensors/CopyFixes.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"
#include "model/tensors/MemberWrites.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// C, D or - for each assignment of step: copy_, set_data, neither.
std::string fixes(llvm::StringRef Step) {
  MarkedSnippet Snippet(("using namespace torch; struct Net : nn::Module { Tensor w, e, u; "
                         "nn::Linear a{nullptr}, b{nullptr}; Net() { "
                         "w = register_buffer(\"w\", torch::ones({2})); "
                         "e = register_buffer(\"e\", torch::empty({0})); "
                         "u = register_buffer(\"u\", Tensor()); } "
                         "void step(Tensor x, Tensor m) { " +
                         Step + " } };")
                            .str());
  TorchFacts Facts(Snippet.context());
  std::string Text;
  for (const MemberWrite &Write : memberWrites(Snippet.find<FunctionDecl>("Net::step"))) {
    CopyFix Fix = copyFixFor(Write.Target, Write.Value, Write.Field, Facts.registrations());
    Text += Fix == CopyFix::Copy ? "C" : Fix == CopyFix::SetData ? "D" : "-";
  }
  return Text;
}

TEST(CopyFixes, CopyWhereTheShapeMayBeTheSame) {
  EXPECT_EQ(fixes("w = x; w = w * 0.9 + x.mean(0); a->bias = x.mean(0);"), "CCC");
}

TEST(CopyFixes, SetDataWhereTheShapeIsAnother) {
  EXPECT_EQ(fixes("e = x; w = w.index({m}); w = x.max(); w = w[0];"), "DDDD");
}

TEST(CopyFixes, AreNoneWhereACopyWouldSpoilIt) {
  EXPECT_EQ(fixes("a->weight = b->weight; a->weight = b->weight.t(); w = w.to(kHalf); u = x;"),
            "----");
}

} // namespace
