// Whether a class has a clone(), and whether its reset() makes what a copy needs.
#include "model/modules/Clones.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// The class that the marked call cannot clone.
std::string uncloned(llvm::StringRef Statement, llvm::StringRef More = "") {
  MarkedSnippet Snippet(("using namespace torch; struct Plain : nn::Module {}; struct Good : "
                         "nn::Cloneable<Good> { void reset() override {} }; " +
                         More +
                         " void use(std::shared_ptr<Plain> plain, Good &good, nn::Module &any, "
                         "Tensor x) { [[" +
                         Statement + "]]; }")
                            .str());
  TorchFacts Facts(Snippet.context());
  std::optional<CloneCall> Found = unsupportedClone(Snippet.within<CallExpr>(), Facts.index());
  return Found ? Found->Module->getName().str() : "";
}

TEST(Clones, AreUnsupportedByTheClass) {
  EXPECT_EQ(uncloned("plain->clone()"), "Plain");
  EXPECT_EQ(uncloned("plain->clone(torch::kCPU)"), "Plain");
  EXPECT_EQ(uncloned("good.clone()"), "");
  EXPECT_EQ(uncloned("any.clone()"), "");
  EXPECT_EQ(uncloned("x.clone()"), "");
  EXPECT_EQ(uncloned("plain->clone()", "struct More : Plain {};"), ""); // may be one
}

std::string defects(llvm::StringRef Constructor, llvm::StringRef Reset,
                    llvm::StringRef Base = "nn::Cloneable<Net>") {
  MarkedSnippet Snippet(("#include <vector>\nusing namespace torch; struct Net : " + Base +
                         " { Net() { " + Constructor + " } void reset()" +
                         (Base == "nn::Module" ? "" : " override") + " { " + Reset +
                         " } nn::Linear fc{nullptr}; std::vector<nn::Linear> list; nn::Sequential "
                         "chain; };")
                            .str());
  TorchFacts Facts(Snippet.context());
  std::string Text;
  for (const CloneDefect &Defect :
       cloneDefects(Snippet.find<CXXRecordDecl>("Net")->getDefinition(), Facts.modules()))
    Text += Defect.Appended ? Defect.Appended->getName().str() + " " : "constructor ";
  return llvm::StringRef(Text).rtrim().str();
}

constexpr llvm::StringLiteral Registers = "fc = register_module(\"fc\", nn::Linear(1, 1));";
constexpr llvm::StringLiteral Appends = "list.push_back(register_module(\"l\", nn::Linear(1, 1)));";

TEST(Clones, NeedAResetThatRegisters) {
  EXPECT_EQ(defects(Registers, ""), "constructor");
  EXPECT_EQ(defects("reset();", Registers), "");
  EXPECT_EQ(defects(Registers, "register_buffer(\"t\", torch::ones(1));"), ""); // not asked further
  EXPECT_EQ(defects(Registers, "", "nn::Module"), "");
}

TEST(Clones, NeedAResetThatStartsAnew) {
  EXPECT_EQ(defects("reset();", Appends), "list");
  EXPECT_EQ(defects("reset();", ("list.clear(); " + Appends).str()), "");
  EXPECT_EQ(defects("reset();", ("list = {}; " + Appends).str()), "");
  EXPECT_EQ(defects("reset();", "chain->push_back(nn::ReLU()); register_module(\"c\", chain);"),
            "chain");
  EXPECT_EQ(defects("reset();", "chain = nn::Sequential(); chain->push_back(nn::ReLU()); "
                                "register_module(\"c\", chain);"),
            "");
}

} // namespace
