// The questions about members of module classes: which there are, what they stake, what guards
// them.
#include "MarkedSnippet.h"
#include "model/TorchFacts.h"
#include "model/modules/DecidingCondition.h"
#include "model/modules/ForwardBuilds.h"
#include "model/modules/MemberGuards.h"
#include "model/modules/ModuleFields.h"
#include "model/modules/NullElements.h"
#include "model/modules/RegistrationFix.h"
#include "model/modules/Stake.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

TEST(ModuleFields, StandForOneModuleEach) {
  MarkedSnippet Snippet("using namespace torch; struct Part { nn::Linear inner; int n; };"
                        "struct Net : nn::Module { nn::Linear a; Part part; nn::Linear &ref;"
                        " std::vector<nn::Linear> many; c10::optional<nn::Linear> maybe; };");
  std::string Names;
  for (const FieldDecl *Field : moduleFields(Snippet.find<CXXRecordDecl>("Net")->getDefinition()))
    Names += Field->getName().str() + " ";
  EXPECT_EQ(Names, "a inner maybe ");
}

TEST(Stake, IsTheWorstOfWhatIsBuilt) {
  MarkedSnippet Snippet(
      "using namespace torch; struct Own : nn::Module { Tensor t; };"
      "struct Kept : nn::Module { Tensor t = register_buffer(\"t\", torch::ones(1)); };"
      "struct Far : nn::Module { Far(); Tensor t = register_buffer(\"t\", torch::ones(1)); };"
      "auto ^a = nn::Linear(1, 1); auto ^b = nn::ReLU(); auto ^c = nn::Dropout();"
      "auto ^d = nn::Sequential(nn::ReLU(), nn::Dropout());"
      "auto ^e = nn::Sequential(nn::ReLU(), nn::Linear(1, 1)); auto ^f = std::make_shared<Own>();"
      "auto ^g = std::make_shared<Kept>(); auto ^h = std::make_shared<Far>();");
  TorchFacts Facts(Snippet.context());
  std::string Text;
  for (const auto *Var : Snippet.all<VarDecl>()) {
    const Registrations &Regs = Facts.modules().registrations();
    const Expr *Built = Regs.construction(Regs.stores(Var)[0]);
    Stake At = stakeOf(moduleOf(Var->getType()), Built, Regs);
    Text += At == Stake::Parameters ? "P" : At == Stake::Mode ? "M" : "-";
  }
  EXPECT_EQ(Text, "P-MMP-P-");
}

TEST(MemberGuards, AreConditionsThatReadTheMemberOrAFlag) {
  MarkedSnippet Snippet(
      "using namespace torch; struct Net : nn::Module { nn::Linear m{nullptr}, o{nullptr}; bool b;"
      " void run(int n, Tensor t) { if (m) ^m->pretty_print(std::cout); if (b) "
      "^m->pretty_print(std::cout);"
      " if (n) ^m->pretty_print(std::cout); if (o) ^m->pretty_print(std::cout); } };");
  ControlFlowGraphs Graphs(Snippet.context());
  const auto *Run = Snippet.find<FunctionDecl>("Net::run");
  std::string Text;
  for (const auto *Call : Snippet.all<CXXMemberCallExpr>())
    Text += isGuarded(Call, Run, Snippet.find<FieldDecl>("Net::m"), Graphs) ? "g" : "-";
  EXPECT_EQ(Text, "gg--");
}

TEST(RegistrationFix, WrapsWhatIsStored) {
  auto Edits = [](llvm::StringRef Code) {
    MarkedSnippet Snippet(Code);
    TorchFacts Facts(Snippet.context());
    const auto *Field = Snippet.find<FieldDecl>("Net::m");
    auto Fixes = wrapInRegistration(Field, Facts.modules().registrations().stores(Field).back(),
                                    "register_module", Facts.modules());
    std::string Text;
    for (const FixItHint &Fix : Fixes)
      Text += Fix.CodeToInsert + "|";
    return Text;
  };
  EXPECT_EQ(Edits("using namespace torch; struct Net : nn::Module { nn::Linear m{nullptr};"
                  " Net() { m = nn::Linear(1, 2); } };"),
            "register_module(\"m\", |)|");
  EXPECT_EQ(Edits("using namespace torch; struct Net : nn::Module { nn::Linear m;"
                  " Net() : m(1, 2) {} };"),
            "register_module(\"m\", nn::Linear(|))|");
  // The name is taken.
  EXPECT_EQ(
      Edits("using namespace torch; struct Net : nn::Module { nn::Linear m{nullptr}, o{nullptr};"
            " Net() { m = nn::Linear(1, 2); o = register_module(\"m\", nn::Linear(1, 1)); } };"),
      "");
}

TEST(DecidingCondition, IsTheOneAroundTheAssignment) {
  MarkedSnippet Snippet(
      "using namespace torch; struct Net : nn::Module { nn::Linear m{nullptr};"
      " Net(int n, bool b) { if (b) n = 1; if (n > 3) m = nn::Linear(1, 2); if (b) n = 2; } };");
  TorchFacts Facts(Snippet.context());
  const auto *Net = Snippet.find<CXXRecordDecl>("Net")->getDefinition();
  const auto *Field = Snippet.find<FieldDecl>("Net::m");
  const ConstructorOutcome &Outcome = Facts.modules().outcomes(Net).front();
  for (const PathState &End : Outcome.Ends)
    if (End.Values.at(Field).Null == Nullness::Null) {
      EXPECT_EQ(decidingCondition(Field, Outcome.Constructor, End, Facts.modules()),
                "'n > 3' is false");
    }
}

TEST(NullElements, AreMembersOfStructsThatAContainerTakes) {
  auto Nulls = [](llvm::StringRef Fill) {
    MarkedSnippet Snippet(
        ("using namespace torch; struct Part { nn::Linear in{nullptr}; nn::Linear out{nullptr}; };"
         "struct Net : nn::Module { std::vector<Part> parts; Net(int n) { Part p; " +
         Fill +
         " parts.push_back(p); } Tensor forward(Tensor x) {"
         " for (auto &p : parts) x = p.out(p.in(x)); return x; } };")
            .str());
    TorchFacts Facts(Snippet.context());
    std::string Text;
    for (const NullMember &Member :
         nullElements(Snippet.find<CXXRecordDecl>("Net")->getDefinition(), Facts.modules()))
      Text += Member.Field->getName().str() + " ";
    return Text;
  };
  llvm::StringRef In = "p.in = register_module(\"in\", nn::Linear(1, 1));";
  EXPECT_EQ(Nulls((In + "if (n > 1) p.out = register_module(\"out\", nn::Linear(1, 1));").str()),
            "out ");
  EXPECT_EQ(Nulls((In + "p.out = register_module(\"out\", nn::Linear(1, 1));").str()), "");
}

TEST(ForwardBuilds, TellWhatRunsAtEveryStep) {
  MarkedSnippet Snippet(
      "using namespace torch; struct Net : nn::Module { nn::Linear m{nullptr};"
      " Tensor forward(Tensor x) { m = nn::Linear(1, 2); static nn::Linear once(1, 2);"
      " register_module(\"a\", nn::Linear(1, 2)); return nn::ReLU()(x); } };");
  TorchFacts Facts(Snippet.context());
  std::string Text;
  for (const ForwardBuild &Build :
       forwardBuilds(Snippet.find<FunctionDecl>("Net::forward"), Facts.modules()))
    Text += std::to_string(Build.Kind) + ":" + Build.Name + Build.Functional + " ";
  EXPECT_EQ(Text, "2:Linear 5:Linear 0:register_module 4:ReLUtorch::relu ");
}

} // namespace
