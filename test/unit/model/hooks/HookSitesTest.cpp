// Which calls install a hook.
#include "model/hooks/HookSites.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

class Site {
public:
  explicit Site(llvm::StringRef Code, llvm::ArrayRef<llvm::StringRef> Names = {})
      : Snippet(("using torch::Tensor; " + Code).str()) {
    if (const auto *Call = Snippet.at<CallExpr>())
      Found = hookSite(*Call, Names, Snippet.context());
  }
  bool isHook() const { return Found.has_value(); }
  HookKind kind() const { return Found->Kind; }

private:
  MarkedSnippet Snippet;
  std::optional<HookSite> Found;
};

TEST(HookSites, AreLibTorchsAndTheNamedOnes) {
  EXPECT_EQ(Site("void use(Tensor w) { w.^register_hook([](Tensor g) { return g; }); }").kind(),
            HookKind::Tensor);
  EXPECT_EQ(
      Site("void use() { ^at::addGlobalCallback(at::RecordFunctionCallback(nullptr)); }").kind(),
      HookKind::RecordFunction);
  llvm::StringRef Own = "struct Bus { int register_hook(int); }; void watch(Tensor, int); "
                        "void use(Bus b, Tensor w) { ";
  EXPECT_FALSE(Site((Own + "b.^register_hook(1); }").str()).isHook());
  EXPECT_FALSE(Site((Own + "^watch(w, 1); }").str()).isHook());
  EXPECT_EQ(Site((Own + "^watch(w, 1); }").str(), {"watch"}).kind(), HookKind::Named);
}

} // namespace
