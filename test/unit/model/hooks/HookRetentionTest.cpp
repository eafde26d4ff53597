// Which graphs a hook keeps alive: by what its body stores, by what its closure holds.
#include "model/hooks/HookRetention.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

class Hook {
public:
  explicit Hook(llvm::StringRef Code)
      : Snippet(("#include <vector>\nusing torch::Tensor; " + Code).str()) {
    const auto *Call = Snippet.at<CallExpr>();
    Site = Call ? hookSite(*Call, {}, Snippet.context()) : std::nullopt;
    if (Site)
      Bodies = hookBodies(*Site);
  }
  std::string retained() {
    HookFacts Facts(Snippet.context());
    static constexpr llvm::StringLiteral Reasons[] = {"argument", "create_graph", "captured"};
    std::string Text;
    for (const HookBody &Body : Bodies)
      for (const RetainedGraph &Graph : retainedGraphs(*Site, Body, Facts))
        Text += Graph.Store.Root->getName().str() + ":" + Reasons[Graph.Why].str() + " ";
    return llvm::StringRef(Text).rtrim().str();
  }
  std::string held() {
    std::string Text;
    for (const HookBody &Body : Bodies)
      for (const HookCapture &Capture : heldGraphs(*Site, Body, Snippet.context()))
        Text += Capture.Variable->getName().str() + " ";
    return llvm::StringRef(Text).rtrim().str();
  }

private:
  MarkedSnippet Snippet;
  std::optional<HookSite> Site;
  llvm::SmallVector<HookBody, 2> Bodies;
};

TEST(HookRetention, OfAGradientNeedsCreateGraph) {
  llvm::StringRef Install = "std::vector<Tensor> kept; void use(Tensor w, Tensor loss) { "
                            "w.^register_hook([&](Tensor g) { kept.push_back(g); }); ";
  EXPECT_EQ(Hook((Install + "loss.backward(); }").str()).retained(), "");
  EXPECT_EQ(Hook((Install + "loss.backward({}, true, /*create_graph=*/true); }").str()).retained(),
            "kept:create_graph");
}

TEST(HookRetention, EndsWithDetach) {
  llvm::StringRef Start = "Tensor kept; void use(Tensor w, Tensor loss) { loss.backward({}, true, "
                          "true); w.^register_hook([&](Tensor g) { kept = ";
  EXPECT_EQ(Hook((Start + "g; }); }").str()).retained(), "kept:create_graph");
  EXPECT_EQ(Hook((Start + "g * 2; }); }").str()).retained(), "kept:create_graph");
  EXPECT_EQ(Hook((Start + "g.detach(); }); }").str()).retained(), "");
  EXPECT_EQ(Hook((Start + "g > 0; }); }").str()).retained(), "");
  EXPECT_EQ(Hook((Start + "torch::zeros({2}); }); }").str()).retained(), "");
}

TEST(HookRetention, IsOfWhatOutlivesTheCall) {
  llvm::StringRef Start = "void use(Tensor w, Tensor loss) { loss.backward({}, true, true); "
                          "w.^register_hook([&](Tensor g) { ";
  EXPECT_EQ(Hook((Start + "Tensor local; local = g; }); }").str()).retained(), "");
  EXPECT_EQ(Hook((Start + "static Tensor last; last = g; }); }").str()).retained(),
            "last:create_graph");
}

TEST(HookRetention, OfACaptureIsThatOfAResult) {
  llvm::StringRef Start = "void use(torch::nn::Linear fc, Tensor x, Tensor w) { auto out = ";
  llvm::StringRef End = "; w.^register_hook([out](Tensor g) { return g * out; }); }";
  EXPECT_EQ(Hook((Start + "fc(x)" + End).str()).held(), "out");
  EXPECT_EQ(Hook((Start + "fc(x).detach()" + End).str()).held(), "");
  EXPECT_EQ(Hook((Start + "torch::ones({2})" + End).str()).held(), "");
  EXPECT_EQ(Hook((Start + "x * 2" + End).str()).held(), ""); // a batch has no graph
  EXPECT_EQ(Hook(("void use(torch::nn::Linear fc, Tensor x, Tensor w) { torch::NoGradGuard no; "
                  "auto out = fc(x)" +
                  End)
                     .str())
                .held(),
            "");
}

TEST(HookRetention, IsToldByAModeThatIsLeftOn) {
  llvm::StringRef End =
      " auto out = fc(x); w.^register_hook([out](Tensor g) { return g * out; }); }";
  llvm::StringRef Start = "void use(torch::nn::Linear fc, Tensor x, Tensor w) { ";
  EXPECT_EQ(Hook((Start + "c10::InferenceMode mode;" + End).str()).held(), "");
  EXPECT_EQ(Hook((Start + "c10::InferenceMode mode(false);" + End).str()).held(), "out");
}

} // namespace
