// The edit that registers what a member is given, as the text that it leaves.
#include "model/modules/RegistrationFix.h"
#include "MarkedSnippet.h"
#include "model/facts/ProjectIndex.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// What is inserted to register what `Class::m` is given last, "|" behind each insertion.
std::string edits(llvm::StringRef Code, llvm::StringRef Class = "Net",
                  llvm::StringRef Function = "register_module") {
  MarkedSnippet Snippet(("using namespace torch;\n" + Code).str());
  ControlFlowGraphs Graphs(Snippet.context());
  ProjectIndex Index(Snippet.context());
  ModuleModel Model(Graphs, Index);
  const auto *Field = Snippet.find<FieldDecl>((Class + "::m").str());
  std::string Text;
  RegistrationFix Fixed =
      wrapInRegistration(Field, Model.registrations().stores(Field).back(), Function, Model);
  for (const FixItHint &Fix : Fixed.Edits)
    Text += Fix.CodeToInsert + "|";
  return Text;
}

std::string inConstructor(llvm::StringRef Body) {
  return edits(("#define MAKE(X) X = nn::Linear(1, 2)\nstruct Net : nn::Module { nn::Linear "
                "m{nullptr}, o{nullptr}; Net() { " +
                Body + " } };")
                   .str());
}

TEST(RegistrationFix, WrapsWhatIsStored) {
  EXPECT_EQ(inConstructor("m = nn::Linear(1, 2);"), "register_module(\"m\", |)|");
  EXPECT_EQ(edits("struct Net : nn::Module { Tensor m; Net() : m(torch::ones({2})) {} };", "Net",
                  "register_buffer"),
            "register_buffer(\"m\", |)|");
}

TEST(RegistrationFix, SpellsTheTypeThatAnInitialiserLeavesOut) {
  EXPECT_EQ(edits("struct Net : nn::Module { nn::Linear m; Net() : m(1, 2) {} };"),
            "register_module(\"m\", nn::Linear(|))|");
  EXPECT_EQ(edits("struct Net : nn::Module { nn::Linear m{1, 2}; };"),
            "register_module(\"m\", nn::Linear(|))|");
  EXPECT_EQ(edits("struct Net : nn::Module { nn::Dropout m{0.5}; };"),
            "register_module(\"m\", nn::Dropout(|))|");
  EXPECT_EQ(edits("struct Net : nn::Module { nn::Linear m{nn::LinearOptions(1, 2)}; };"),
            "register_module(\"m\", nn::Linear(|))|");
  EXPECT_EQ(edits("struct Net : nn::Module { nn::Linear m{nn::Linear(1, 2)}; };"),
            "register_module(\"m\", |)|");
  EXPECT_EQ(edits("struct Net : nn::Module { nn::Sequential m; Net() {} };"),
            "{register_module(\"m\", nn::Sequential())}|");
}

TEST(RegistrationFix, NamesTheObjectInATemplate) {
  EXPECT_EQ(edits("template <typename T> struct Net : nn::Module { nn::Linear m{nullptr};"
                  " Net() { m = nn::Linear(1, 2); } }; struct Use { Net<int> net; };"
                  " struct Plain : nn::Module { nn::Linear m{nullptr};"
                  " Plain() { m = nn::Linear(1, 2); } };",
                  "Plain"),
            "register_module(\"m\", |)|");
}

TEST(RegistrationFix, DoesNotTakeANameTwice) {
  EXPECT_EQ(inConstructor("m = nn::Linear(1, 2); o = register_module(\"m\", nn::Linear(1, 1));"),
            "");
  // Another class's name is free here.
  EXPECT_EQ(
      edits("struct Other : nn::Module { Other() { register_module(\"m\", nn::Linear(1, 1)); } "
            "}; struct Net : nn::Module { nn::Linear m; Net() : m(1, 2) {} };"),
      "register_module(\"m\", nn::Linear(|))|");
}

TEST(RegistrationFix, LeavesAloneWhatCannotBeEdited) {
  EXPECT_EQ(inConstructor("MAKE(m);"), ""); // a macro's body
  EXPECT_EQ(inConstructor("auto f = [this] { m = nn::Linear(1, 2); };"),
            ""); // captures `this` or not
  EXPECT_EQ(edits("struct Net : nn::Module { nn::Linear m{nullptr}; };"
                  " void fill(Net &net) { net.m = nn::Linear(1, 2); }"),
            ""); // no `this`
  EXPECT_EQ(edits("struct Net { nn::Linear m{nullptr}; Net() { m = nn::Linear(1, 2); } };"),
            ""); // not a module
}

} // namespace
