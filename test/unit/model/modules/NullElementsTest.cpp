// Null modules in the plain structs that a container member holds.
#include "model/modules/NullElements.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

std::string members(llvm::StringRef Code) {
  MarkedSnippet Snippet(
      ("#include <vector>\nusing namespace torch; struct Part { nn::Linear in{nullptr}; nn::Linear "
       "out{nullptr}; }; " +
       Code)
          .str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  ModuleModel Model(Graphs, Index);
  std::string Text;
  for (const NullMember &Member :
       nullElements(Snippet.find<CXXRecordDecl>("Net")->getDefinition(), Model))
    Text +=
        Member.Field->getName().str() + (Member.Kind == NullMember::Dereferenced ? ":used " : " ");
  return llvm::StringRef(Text).rtrim().str();
}

constexpr llvm::StringLiteral Runs = "x = p.out(x);",
                              Maybe = "if (n > 1) p.out = nn::Linear(1, 1);";

// A constructor that fills the part p, and a forward that goes through the parts.
std::string nulls(llvm::StringRef Fill, llvm::StringRef Use = Runs) {
  return members(("void finish(Part &); struct Net : nn::Module { std::vector<Part> parts; Net(int "
                  "n) { Part p; p.in = nn::Linear(1, 1); " +
                  Fill + " } Tensor forward(Tensor x) { for (auto &p : parts) { x = p.in(x); " +
                  Use + " } return x; } };")
                     .str());
}

TEST(NullElements, AreMembersOfStructsThatAContainerTakes) {
  EXPECT_EQ(nulls((Maybe + "parts.push_back(p);").str()), "out:used");
  EXPECT_EQ(nulls((Maybe + "parts.push_back(std::move(p));").str()), "out:used");
  EXPECT_EQ(nulls((Maybe + "parts[0] = p;").str()), "out:used");
  EXPECT_EQ(nulls("p.out = nn::Linear(1, 1); parts.push_back(p);"), "");
}

TEST(NullElements, AreToldFromThoseThatATestKeepsOut) {
  EXPECT_EQ(nulls((Maybe + "parts.push_back(p);").str(), "if (p.out) x = p.out(x);"), "out");
  EXPECT_EQ(nulls((Maybe + "parts.push_back(p);").str(), ""), ""); // nobody uses it
}

TEST(NullElements, AreNotWhatSomethingElseMayFill) {
  EXPECT_EQ(nulls((Maybe + "finish(p); parts.push_back(p);").str()), "");
  EXPECT_EQ(nulls(Maybe), ""); // not put anywhere
  // Both ifs may ask for the same thing.
  EXPECT_EQ(nulls((Maybe + "if (n < 2) p.out = nn::Linear(2, 2); parts.push_back(p);").str()), "");
}

TEST(NullElements, AreUnknownWhereAMemberOfTheClassIsOutOfView) {
  llvm::StringRef Rest =
      " std::vector<Part> parts; Net(int n) { Part p; if (n > 1) p.out = "
      "nn::Linear(1, 1); parts.push_back(p); } Tensor forward(Tensor x) { return "
      "parts[0].out(x); } };";
  EXPECT_EQ(members(("struct Net : nn::Module {" + Rest).str()), "out:used");
  EXPECT_EQ(members(("struct Net : nn::Module { void build();" + Rest).str()), "");
}

TEST(NullElements, AreOfPlainStructsInContainersOnly) {
  EXPECT_EQ(
      members("struct Net : nn::Module { Part part; Net(int n) { Part p; if (n > 1) p.out = "
              "nn::Linear(1, 1); part = p; } Tensor forward(Tensor x) { return part.out(x); } "
              "};"),
      "");
}

} // namespace
