// Tensor members that one path registers and another only assigns.
#include "model/tensors/UnregisteredPaths.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// The condition of the path; "always" where none decides, nothing without such a path.
std::string path(llvm::StringRef Body, llvm::StringRef Methods = "") {
  MarkedSnippet Snippet(("using namespace torch; struct Net : nn::Module { Tensor m; Net(bool "
                         "affine, Tensor given) { " +
                         Body + " } " + Methods + " };")
                            .str());
  TorchFacts Facts(Snippet.context());
  auto Found =
      unregisteredPath(Snippet.find<FieldDecl>("Net::m"),
                       Snippet.find<CXXRecordDecl>("Net")->getDefinition(), Facts.modules());
  if (!Found)
    return "";
  EXPECT_TRUE(Found->Value && Found->Registered);
  return Found->Condition.empty() ? "always" : Found->Condition;
}

constexpr llvm::StringLiteral Registers = "m = register_parameter(\"m\", torch::ones(1));";

TEST(UnregisteredPaths, AreBesideOneThatRegisters) {
  EXPECT_EQ(path(("if (affine) " + Registers + " else m = torch::ones(1);").str()),
            "'affine' is false");
  EXPECT_EQ(path(("if (!affine) m = torch::ones(1); else " + Registers).str()),
            "'affine' is false");
}

TEST(UnregisteredPaths, NeedATensorOfTheirOwn) {
  EXPECT_EQ(path(("if (affine) " + Registers).str()), "");
  EXPECT_EQ(path(("if (affine) " + Registers + " else m = Tensor();").str()), "");
  EXPECT_EQ(path(("if (affine) " + Registers + " else m = given;").str()), "");
}

TEST(UnregisteredPaths, AreNotThoseThatEndRegistered) {
  EXPECT_EQ(path(Registers), "");
  EXPECT_EQ(path("m = torch::ones(1); register_buffer(\"m\", m);"), "");
  EXPECT_EQ(path(("if (affine) " + Registers + " else m = torch::ones(1);").str(),
                 "void reset() { register_parameter(\"m\", m); }"),
            "");
}

} // namespace
