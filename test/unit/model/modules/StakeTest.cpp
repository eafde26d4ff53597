// What is lost with a module that is not registered.
#include "model/modules/Stake.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// P(arameters), M(ode) or nothing, for each marked variable by what it is given.
std::string stakes(llvm::StringRef Code) {
  MarkedSnippet Snippet(("using namespace torch; " + Code).str());
  ProjectIndex Index(Snippet.context());
  Registrations Regs(Snippet.context(), Index);
  std::string Text;
  for (const auto *Var : Snippet.all<VarDecl>()) {
    llvm::ArrayRef<Registrations::Store> Stores = Regs.stores(Var);
    const Expr *Built = Stores.empty() ? nullptr : Regs.construction(Stores[0]);
    Stake At = stakeOf(moduleOf(Var->getType()), Built, Regs);
    Text += At == Stake::Parameters ? "P" : At == Stake::Mode ? "M" : "-";
  }
  return Text;
}

TEST(Stake, IsTheWorstOfWhatIsBuilt) {
  EXPECT_EQ(stakes("auto ^a = nn::Linear(1, 1); auto ^b = nn::ReLU(); auto ^c = nn::Dropout();"),
            "P-M");
  EXPECT_EQ(stakes("auto ^d = nn::Sequential(nn::ReLU(), nn::Dropout());"
                   "auto ^e = nn::Sequential(nn::ReLU(), nn::Linear(1, 1));"
                   "auto ^f = nn::Sequential(nn::ReLU(), nn::Sequential(nn::Tanh()));"),
            "MP-");
}

TEST(Stake, OfANormIsWhatItsOptionsAskFor) {
  EXPECT_EQ(stakes("auto ^a = nn::InstanceNorm2d(4);"
                   "auto ^b = nn::InstanceNorm2d(nn::InstanceNorm2dOptions(4).affine(true));"
                   "auto ^c = nn::LayerNorm(nn::LayerNormOptions({4}).elementwise_affine(false));"
                   "auto ^d = nn::LayerNorm(nn::LayerNormOptions({4}));"
                   "auto ^e = nn::BatchNorm2d(nn::BatchNorm2dOptions(4).affine(false));"
                   "auto ^f = nn::BatchNorm2d("
                   "nn::BatchNorm2dOptions(4).affine(false).track_running_stats(false));"),
            "-P-PP-");
  EXPECT_EQ(stakes("void f(nn::LayerNormOptions given) { nn::LayerNormOptions own({4});"
                   "own.elementwise_affine(false); auto ^a = nn::LayerNorm(own);"
                   "nn::LayerNormOptions plain({4}); auto ^b = nn::LayerNorm(plain);"
                   "auto ^c = nn::LayerNorm(given); }"),
            "-P-");
}

TEST(Stake, OfAContainerIsThatOfWhatIsPutIntoIt) {
  EXPECT_EQ(stakes("void f() { nn::Sequential ^a; a->push_back(nn::Dropout()); }"), "M");
  EXPECT_EQ(stakes("void f() { nn::Sequential ^a; }"), "-"); // who fills it is not in view
  // Somebody else's child stays his.
  EXPECT_EQ(
      stakes("struct Net : nn::Module { Net() { auto fc = register_module(\"fc\", nn::Linear(1, "
             "1)); auto ^a = nn::Sequential(fc); } };"),
      "-");
}

TEST(Stake, OfAClassIsWhatItRegisters) {
  EXPECT_EQ(
      stakes(
          "struct Own : nn::Module { Tensor t = register_buffer(\"t\", torch::ones(1)); };"
          "auto ^a = std::make_shared<Own>();"
          "struct Lost : nn::Module { Tensor t; }; auto ^b = std::make_shared<Lost>();"
          "struct Drop : nn::Module { nn::Dropout d; Drop() { register_module(\"d\", d); } };"
          "auto ^c = std::make_shared<Drop>();"
          "struct Far : nn::Module { Far(); Tensor t = register_buffer(\"t\", torch::ones(1)); };"
          "auto ^d = std::make_shared<Far>();"),
      "P-M-");
}

TEST(Stake, OfAClassIsThatOfItsBases) {
  EXPECT_EQ(
      stakes("struct Own : nn::LinearImpl { using LinearImpl::LinearImpl; };"
             "auto ^a = std::make_shared<Own>(1, 1);"
             "struct Base : nn::Module { Tensor t = register_buffer(\"t\", torch::ones(1)); };"
             "struct Derived : Base {}; auto ^b = std::make_shared<Derived>();"),
      "PP");
}

TEST(Stake, IsNothingWhereTheClassIsUnknown) {
  EXPECT_EQ(stakes("void f(nn::AnyModule ^a, std::shared_ptr<struct Later> ^b) {}"), "--");
}

TEST(Stake, KnowsContainersOfRegisteredModules) {
  auto Holds = [](llvm::StringRef Child) {
    MarkedSnippet Snippet(
        ("using namespace torch; struct Net : nn::Module { Net() { auto fc = "
         "register_module(\"fc\", nn::Linear(1, 1)); auto ^a = nn::Sequential(nn::ReLU(), " +
         Child + "); } };")
            .str());
    ProjectIndex Index(Snippet.context());
    Registrations Regs(Snippet.context(), Index);
    return holdsRegistered(Regs.construction(Regs.stores(Snippet.at<VarDecl>())[0]), Regs);
  };
  EXPECT_TRUE(Holds("fc"));
  EXPECT_TRUE(Holds("nn::Sequential(fc)"));
  EXPECT_FALSE(Holds("nn::Linear(1, 1)"));
}

TEST(Stake, OfALocalWhosePartsAreRegistered) {
  auto InParts = [](llvm::StringRef Body) {
    MarkedSnippet Snippet(("struct B : torch::nn::Module { torch::nn::Linear fc{nullptr}; };"
                           "struct M : torch::nn::Module { M() { auto b = std::make_shared<B>(); " +
                           Body + " } };")
                              .str());
    ProjectIndex Index(Snippet.context());
    Registrations Regs(Snippet.context(), Index);
    return isRegisteredInParts(Snippet.at<DeclRefExpr>(), Regs);
  };
  EXPECT_TRUE(InParts("register_module(\"fc\", b->fc); auto c = ^b;"));
  EXPECT_FALSE(InParts("register_module(\"b\", b); auto c = ^b;")); // itself
  EXPECT_FALSE(InParts("auto c = ^b;"));
}

} // namespace
