// Which members of a class stand for one module each.
#include "model/modules/ModuleFields.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string fields(llvm::StringRef Members) {
  MarkedSnippet Snippet(
      ("#include <map>\nusing namespace torch; struct Own : nn::Module {}; struct Part { "
       "nn::Linear "
       "inner; int n; }; struct Block { Part part; }; struct Net : nn::Module { " +
       Members + " };")
          .str());
  std::string Names;
  for (const FieldDecl *Field : moduleFields(Snippet.find<CXXRecordDecl>("Net")))
    Names += Field->getName().str() + " ";
  return llvm::StringRef(Names).rtrim().str();
}

TEST(ModuleFields, StandForOneModuleEach) {
  EXPECT_EQ(fields("nn::Linear a; std::shared_ptr<Own> b; std::unique_ptr<Own> c; nn::AnyModule d; "
                   "c10::optional<nn::Linear> e; Own f;"),
            "a b c d e f");
}

TEST(ModuleFields, AreThoseOfPlainStructsToo) {
  EXPECT_EQ(fields("Part part;"), "inner");
  EXPECT_EQ(fields("nn::Linear a; Block block; nn::Linear b;"), "a inner b");
}

TEST(ModuleFields, AreNotManyNorSomebodyElses) {
  EXPECT_EQ(fields("std::vector<nn::Linear> many; std::map<int, nn::Linear> table; "
                   "std::vector<Part> parts; std::pair<nn::Linear, nn::Linear> two;"),
            "");
  EXPECT_EQ(fields("nn::Linear &reference; Own *pointer; Tensor tensor; int number;"), "");
}

} // namespace
