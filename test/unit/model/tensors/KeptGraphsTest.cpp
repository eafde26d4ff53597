// Whether a member keeps the graph of what forward stores in it.
#include "model/tensors/KeptGraphs.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Net =
    "using namespace torch; struct NetImpl : nn::Module { nn::Linear fc{nullptr}; Tensor m; "
    "NetImpl() { fc = register_module(\"fc\", nn::Linear(1, 1)); } "
    "Tensor forward(Tensor x) { auto p = fc(x); ";

// Whether the writes of forward, which does \p Store, keep a graph: "k" or "-" for each.
std::string kept(llvm::StringRef Store, llvm::StringRef Methods = "", llvm::StringRef After = "") {
  MarkedSnippet Snippet(
      (Net + Store + " return p; } " + Methods + " }; TORCH_MODULE(Net); " + After).str());
  TorchFacts Facts(Snippet.context());
  const auto *Class = Snippet.find<CXXRecordDecl>("NetImpl");
  const auto *Function = Snippet.find<FunctionDecl>("NetImpl::forward");
  Reach Forward = forwardReach(Class);
  KeptGraphs Graphs(Forward, Facts.modules(), Facts.index());
  std::vector<MemberWrite> Writes = memberWrites(Function);
  std::string Text;
  for (const MemberWrite &Write : Writes)
    Text += Graphs.isKept(Write, Function, Writes) ? "k" : "-";
  return Text;
}

TEST(KeptGraphs, AreOfWhatHasAGraph) {
  EXPECT_EQ(kept("m = p;"), "k");
  EXPECT_EQ(kept("m = p.detach();"), "-");
  EXPECT_EQ(kept("Tensor v; std::tie(v, m) = p.max(1);"), "-");
  EXPECT_EQ(kept("if (!p.requires_grad()) m = p;"), "-");
  EXPECT_EQ(kept("if (p.requires_grad()) m = p;"), "k");
}

TEST(KeptGraphs, AreWantedWhereSomethingTrains) {
  EXPECT_EQ(kept("m = p;", "Tensor loss() { return m.mean(); }"), "-");
  EXPECT_EQ(kept("m = p;", "Tensor get() { return m; }"), "k");
  EXPECT_EQ(kept("m = p;", "Tensor get() { return m; }",
                 "void f(Net n) { (n->get() * 2).sum().backward(); }"),
            "-");
  EXPECT_EQ(kept("m = p;", "", "void f(Net n) { n->m.mean().backward(); }"), "-");
  EXPECT_EQ(kept("m = p;", "", "void f(Net n) { n->m.mean().item<float>(); }"), "k");
}

TEST(KeptGraphs, EndWhereTheStateIsReset) {
  llvm::StringRef Reset = "void reset() { m = torch::zeros(1); }";
  EXPECT_EQ(kept("m = p + m;", Reset, "void f(Net n, Tensor t) { n->reset(); t.backward(); }"),
            "-");
  EXPECT_EQ(kept("m = p + m;", Reset), "k");
}

TEST(KeptGraphs, AreNoneOfRunsWithoutGradients) {
  auto Without = [](llvm::StringRef After) {
    MarkedSnippet Snippet((Net + " return p; } }; TORCH_MODULE(Net); " + After).str());
    TorchFacts Facts(Snippet.context());
    const auto *Class = Snippet.find<CXXRecordDecl>("NetImpl");
    Reach Forward = forwardReach(Class);
    return KeptGraphs(Forward, Facts.modules(), Facts.index()).onlyRunsWithoutGrad(Class);
  };
  EXPECT_TRUE(Without("void f(Net n, Tensor t) { torch::NoGradGuard g; n(t); n->forward(t); }"));
  EXPECT_FALSE(Without("void f(Net n, Tensor t) { { torch::NoGradGuard g; n(t); } n(t); }"));
  EXPECT_TRUE(Without("void f(Net n, Tensor t) { n(t); }"
                      "void g(Net n, Tensor t) { torch::NoGradGuard g; f(n, t); }"));
  EXPECT_FALSE(Without(""));
}

} // namespace
