// What is found out about the classes of one AST, each asked once.
#include "model/modules/ModuleModel.h"
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"
#include "model/facts/ProjectIndex.h"
#include "model/modules/NullMembers.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

class ModuleModelTest : public testing::Test {
protected:
  // An event's letter, its member, and what the member holds on the way there: N(ull), M(odule), ?.
  static std::string text(const std::vector<ModuleModel::Event> &Events) {
    std::string Text;
    for (const ModuleModel::Event &Event : Events) {
      static constexpr char Kinds[] = {'d', 'r', 'n', 'q'}, Held[] = {'?', 'N', 'M'};
      Text += Kinds[static_cast<int>(Event.Kind)];
      if (Event.Name)
        Text += ":" + Event.Name->getName().str();
      Text += std::string(1, Held[static_cast<int>(Event.Value.Null)]) + " ";
    }
    return llvm::StringRef(Text).rtrim().str();
  }

  MarkedSnippet Snippet{
      "using namespace torch; struct Net : nn::Module { nn::Linear a{nullptr}, b{nullptr}; "
      "nn::Sequential c{nullptr};"
      " Net() { a = register_module(\"a\", nn::Linear(1, 1)); a->reset(); b->reset(); }"
      " void setup() {} Tensor forward(Tensor x) { if (!a) return x; x = a(x); return helper(x); }"
      " Tensor helper(Tensor x) { return c->is_empty() ? x : b->forward(x); } Tensor act() { "
      "return "
      "{}; } };"};
  TorchFacts Facts{Snippet.context()};
  ModuleModel &Model = Facts.modules();
  const CXXRecordDecl *Net = Snippet.find<CXXRecordDecl>("Net")->getDefinition();
};

TEST_F(ModuleModelTest, TellsWhatConstructorsMeet) {
  EXPECT_EQ(text(Model.constructorEvents(Net)), "d:aM d:bN");
}

TEST_F(ModuleModelTest, TellsWhatMethodsRelyOn) {
  // The constructor's own uses are no part of it; a helper is seen from each method.
  EXPECT_NE(text(Model.useEvents(Net)).find("d:aM"), std::string::npos);
  EXPECT_NE(text(Model.useEvents(Net)).find("q:c"), std::string::npos);
  EXPECT_EQ(text(Model.useEvents(Net)).find("d:aN"), std::string::npos);
  EXPECT_EQ(text(Model.useEvents(Net)).find("d:bN"), std::string::npos);
}

TEST_F(ModuleModelTest, KnowsWhatConstructorsAndForwardReach) {
  auto Names = [](const Reach &Reached) {
    std::string Text;
    for (const auto &[Function, Call] : Reached)
      Text += Function->getNameAsString() + " ";
    return Text;
  };
  EXPECT_EQ(Names(Model.constructorReachOf(Net)), "Net ");
  EXPECT_EQ(Names(Model.forwardReachOf(Net)), "forward act helper ");
  EXPECT_EQ(Names(Model.forwardReachOf(Net, "setup")), "setup forward helper ");
}

TEST_F(ModuleModelTest, AnswersOnce) {
  EXPECT_EQ(&Model.registrations(), &Model.registrations());
  EXPECT_EQ(&Model.outcomes(Net), &Model.outcomes(Net));
  EXPECT_EQ(Model.outcomes(Net).size(), 1u);
  size_t Events = Model.constructorEvents(Net).size(), Uses = Model.useEvents(Net).size();
  EXPECT_EQ(Model.constructorEvents(Net).size(), Events);
  EXPECT_EQ(Model.useEvents(Net).size(), Uses);
  EXPECT_EQ(&Model.nullMembersOf(Net), &Model.nullMembersOf(Net));
}

} // namespace
