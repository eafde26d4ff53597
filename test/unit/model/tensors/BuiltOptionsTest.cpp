// What the constructions in view say about an option of a module.
#include "model/tensors/BuiltOptions.h"
#include "MarkedSnippet.h"
#include "model/facts/Registrations.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

constexpr llvm::StringLiteral Names[] = {"defined", "undefined", "flag",
                                         "caller",  "any",       "unknown"};

// Each question about the marked access `[[fc->bias]]` or its like.
struct Question {
  explicit Question(llvm::StringRef Code)
      : Snippet(("#include <vector>\nusing namespace torch::nn; using torch::Tensor; Linear "
                 "elsewhere(); " +
                 Code)
                    .str()),
        Index(Snippet.context()), Registered(Snippet.context(), Index),
        Options(Snippet.context(), Index, Registered),
        Access(optionalTensor(Snippet.within<Expr>(), Index)) {}

  std::string ofModule() {
    if (!Access || !Access->Module)
      return "no access";
    Verdict Found = Options.ofModule(Access->Module, *Access, Snippet.find<FunctionDecl>("use"));
    return Names[static_cast<int>(Found.State)].str() + (Found.IsOneOfMany ? " of many" : "");
  }

  MarkedSnippet Snippet;
  ProjectIndex Index;
  Registrations Registered;
  BuiltOptions Options;
  std::optional<OptionalTensor> Access;
};

std::string built(llvm::StringRef Declaration) {
  return Question(("void use(bool flag, LinearOptions given) { " + Declaration +
                   " [[fc->bias]].zero_(); }")
                      .str())
      .ofModule();
}

TEST(BuiltOptions, AreReadFromTheConstruction) {
  EXPECT_EQ(built("Linear fc(2, 3);"), "defined");
  EXPECT_EQ(built("Linear fc(LinearOptions(2, 3).bias(false));"), "undefined");
  EXPECT_EQ(built("auto fc = std::make_shared<LinearImpl>(LinearOptions(2, 3).bias(false));"),
            "undefined");
  EXPECT_EQ(built("Linear fc(LinearOptions(2, 3).bias(flag));"), "flag");
  EXPECT_EQ(built("Linear fc(given);"), "caller");
  EXPECT_EQ(built("Linear fc = elsewhere();"), "unknown");
}

TEST(BuiltOptions, OfSeveralAreTheMoreHarmful) {
  EXPECT_EQ(built("Linear fc = flag ? Linear(2, 3) : Linear(LinearOptions(2, 3).bias(false));"),
            "undefined");
  Verdict Defined{Built::Defined}, Undefined{Built::Undefined}, Unknown{Built::Unknown},
      Flag{Built::Flag};
  EXPECT_EQ(worse(Defined, Undefined).State, Built::Undefined);
  EXPECT_EQ(worse(Undefined, Unknown).State, Built::Undefined); // no proof of harm
  EXPECT_EQ(worse(Defined, Unknown).State, Built::Unknown);     // but spoils proof of none
  EXPECT_EQ(worse(Defined, Flag).State, Built::Flag);
  EXPECT_EQ(worse(Defined, Defined).State, Built::Defined);
}

TEST(BuiltOptions, OfStoredModulesAndValues) {
  Question Q(
      "struct Net : Module { Linear fc{nullptr}; Net() { fc = register_module(\"fc\", "
      "Linear(LinearOptions(2, 2).bias(false))); } }; "
      "void use(Net &net) { [[net.fc->bias]].zero_(); auto other = $value[[Linear(2, 2)]]; }");
  EXPECT_EQ(Q.ofModule(), "undefined");
  EXPECT_EQ(Q.Options.ofStored(Q.Snippet.find<FieldDecl>("Net::fc"), *Q.Access).State,
            Built::Undefined);
  Verdict Value = Q.Options.ofValue(Q.Snippet.within<Expr>("value"), *Q.Access);
  EXPECT_EQ(Value.State, Built::Defined);
}

TEST(BuiltOptions, NameTheEvidence) {
  Question Q("void use(bool flag) { Linear fc(LinearOptions(2, 3).bias($flag[[flag]])); "
             "[[fc->bias]].zero_(); }");
  Verdict Found =
      Q.Options.ofModule(Q.Access->Module, *Q.Access, Q.Snippet.find<FunctionDecl>("use"));
  ASSERT_TRUE(Found.Flag);
  EXPECT_EQ(Q.Snippet.offset(Found.Flag->getBeginLoc()),
            Q.Snippet.offset(Q.Snippet.within<Expr>("flag")->getBeginLoc()));
  EXPECT_TRUE(Found.Evidence);
}

TEST(BuiltOptions, KnowTheLayerThatAnElementIs) {
  auto Layer = [](llvm::StringRef Body, llvm::StringRef Pushed = "") {
    MarkedSnippet Snippet(
        ("using namespace torch::nn; struct Net : Module { Sequential seq{Linear(1, 1), ReLU()}, "
         "pushed; ModuleList list; Net(std::vector<Linear> given) { " +
         Pushed + " } void use(Linear fc, AnyModule any, int n) { " + Body + " } };")
            .str());
    ProjectIndex Index(Snippet.context());
    const CXXRecordDecl *Found =
        BuiltOptions(Snippet.context(), Index, Registrations(Snippet.context(), Index))
            .layerNamedBy(Snippet.within<Expr>());
    return Found ? Found->getName().str() : "";
  };
  EXPECT_EQ(Layer("[[fc]]->pretty_print(std::cout);"), "LinearImpl");
  EXPECT_EQ(Layer("[[(seq[0])]]->pretty_print(std::cout);"), "LinearImpl");
  EXPECT_EQ(Layer("[[(seq[n])]]->pretty_print(std::cout);"), "Module");
  constexpr llvm::StringLiteral First = "[[(pushed[0])]]->pretty_print(std::cout);";
  EXPECT_EQ(Layer(First, "pushed->push_back(ReLU()); pushed->push_back(Linear(1, 1));"),
            "ReLUImpl");
  EXPECT_EQ(Layer(First, "pushed->push_back(\"fc\", Linear(1, 1)); pushed->push_back(ReLU());"),
            "LinearImpl");
  // Where what is put in stands is not known.
  constexpr llvm::StringLiteral Second = "[[(list[1])]]->pretty_print(std::cout);";
  EXPECT_EQ(Layer(Second, "list->push_back(ReLU()); list->push_back(Linear(1, 1));"), "LinearImpl");
  EXPECT_EQ(Layer(Second, "list->push_back(ReLU()); list->insert(0, Linear(1, 1));"), "Module");
  EXPECT_EQ(Layer(Second, "list->extend(given); list->push_back(Linear(1, 1));"), "Module");
}

} // namespace
