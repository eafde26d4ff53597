// Which code copies a module object, what becomes of the copy, and what makes it a mistake.
#include "model/modules/ModuleCopies.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Classes =
    "#include <vector>\nusing namespace torch; struct Net : nn::Module { Net() { fc = "
    "register_module(\"fc\", nn::Linear(1, 1)); } Tensor forward(Tensor x) { return fc(x); } "
    "nn::Linear fc{nullptr}; }; struct Plain : nn::Module { Tensor forward(Tensor x) { return x; } "
    "}; void take(Net taken) { taken.eval(); } ";

// What `use` copies: the use, the name of the copy, and "!" where that is a mistake.
std::string copies(llvm::StringRef Statement) {
  MarkedSnippet Snippet((Classes +
                         "void use(Net &a, Plain &plain, nn::Sequential seq, Tensor x) { " +
                         Statement + "; }")
                            .str());
  TorchFacts Facts(Snippet.context());
  const auto *Function = Snippet.find<FunctionDecl>("use");
  std::string Text;
  for (const ModuleCopy &Copy : moduleCopies(Function, Snippet.context())) {
    static constexpr llvm::StringLiteral Uses[] = {"named", "kept", "pushed", "many"};
    Text += Uses[Copy.As].str() + (Copy.Name ? " " + Copy.Name->getName().str() : "") +
            (harmOf(Copy, Facts.modules(), Facts.index()) ? "! " : " ");
  }
  return llvm::StringRef(Text).rtrim().str();
}

TEST(ModuleCopies, HaveANameOrAreKept) {
  EXPECT_EQ(copies("Net b = a"), "named b");
  EXPECT_EQ(copies("Net b(*&a)"), "named b");
  EXPECT_EQ(copies("auto b = std::make_shared<Net>(a)"), "named b");
  EXPECT_EQ(copies("take(a)"), "named taken!");
  EXPECT_EQ(copies("[a]() {}"), "named a");
  EXPECT_EQ(copies("seq->push_back(a)"), "pushed");
  EXPECT_EQ(copies("std::vector<Net> v(3, a)"), "many!");
  EXPECT_EQ(copies("std::vector<Net> v; v.push_back(a)"), "kept");
  EXPECT_EQ(copies("Net &b = a"), "");
  EXPECT_EQ(copies("Net b = std::move(a)"), "");
  EXPECT_EQ(copies("Net b; Net c = Net(); seq->push_back(Net())"), "");
}

TEST(ModuleCopies, AreMistakesWhenOneIsChanged) {
  EXPECT_EQ(copies("Net b = a; b.eval()"), "named b!");
  EXPECT_EQ(copies("Net b = a; a.zero_grad(); b.forward(x)"), "named b!");
  EXPECT_EQ(copies("Net b = a; b.forward(x); a.zero_grad()"), "named b");
  EXPECT_EQ(copies("Net c; Net b = c; b.eval()"), "named b"); // c is not used again
  EXPECT_EQ(copies("Plain b = plain; b.eval()"), "named b");  // nothing is shared
  EXPECT_EQ(copies("seq->push_back(a); a.eval()"), "pushed!");
  EXPECT_EQ(copies("seq->push_back(a); a.forward(x)"), "pushed");
  EXPECT_EQ(copies("seq->push_back(a); seq->push_back(a)"), "pushed! pushed");
}

// The member that the copy runs and does not list; "throws" where something is registered twice.
std::string defect(llvm::StringRef Copying, llvm::StringRef Base = "nn::Module") {
  MarkedSnippet Snippet(("using namespace torch; struct Net : " + Base +
                         " { Net() { build(); } Net(const Net &other) : " + Copying +
                         " void build() { fc = register_module(\"fc\", nn::Linear(1, 1)); } void "
                         "reset() {} nn::Linear fc{nullptr}; };")
                            .str());
  TorchFacts Facts(Snippet.context());
  const auto *Class = Snippet.find<CXXRecordDecl>("Net")->getDefinition();
  for (const CXXConstructorDecl *Constructor : Class->ctors())
    if (Constructor->isCopyConstructor())
      if (auto Found = copyConstructorDefect(Constructor, Facts.modules()))
        return Found->Member ? Found->Member->getName().str() : "throws";
  return "";
}

TEST(ModuleCopies, HaveConstructorsThatMakeParts) {
  EXPECT_EQ(defect("Module(other) { build(); }"), "throws");
  EXPECT_EQ(defect("Module(other) { fc = nn::Linear(1, 1); }"), "fc");
  EXPECT_EQ(defect("Module(other), fc(other.fc) {}"), "");
  EXPECT_EQ(defect("Module(other) { fc = replace_module(\"fc\", nn::Linear(1, 1)); }"), "");
  EXPECT_EQ(defect("Module() { build(); }"), "");
  EXPECT_EQ(defect("Cloneable(other) { build(); }", "nn::Cloneable<Net>"), "");
}

} // namespace
