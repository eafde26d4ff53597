// What a unit asks of others and what it defines for them.
#include "KeysOfSnippet.h"

using namespace torchtidy;

namespace {

// "Net::setup maker:use | Net::Net": questions with their kinds but for those of an own class, and
// definitions.
std::string boundary(llvm::StringRef Code) {
  UnitBoundary Boundary = test::summaryOf(Code).Boundary;
  std::string Text;
  for (const OpenQuestion &Question : Boundary.Questions) {
    Text += Question.Class + (Question.Class.empty() ? "" : "::") + Question.Function;
    Text += Question.Kind == QuestionKind::Use          ? ":use "
            : Question.Kind == QuestionKind::WhenJoined ? ":joined "
                                                        : " ";
  }
  Text += "|";
  std::vector<std::string> Names;
  for (const auto &[Usr, Place] : Boundary.Definitions)
    Names.push_back(Place.Name);
  llvm::sort(Names);
  for (const std::string &Name : Names)
    Text += " " + Name;
  return Text;
}

constexpr llvm::StringLiteral Class =
    "struct Net : torch::nn::Module { Net(); void setup(); int count() const; static void help();\n"
    "torch::Tensor forward(torch::Tensor x); torch::nn::Linear fc{nullptr}; };\n";

TEST(UnitBoundary, AsksForMembersOfAClassThatItDefinesInPart) {
  EXPECT_EQ(boundary(Class.str() + "Net::Net() { setup(); }"),
            "Net::setup Net::forward | Net::Net");
}

// One file speaks for a class; others ask only once they are read behind it.
TEST(UnitBoundary, LetsTheFileOfTheConstructorAsk) {
  EXPECT_EQ(boundary(Class.str() + "void Net::setup() {}"),
            "Net::Net:joined Net::forward:joined | Net::setup");
  EXPECT_EQ(boundary("struct Net : torch::nn::Module { Net() {} void setup(); torch::Tensor "
                     "forward(torch::Tensor x); };\nvoid Net::setup() {}"),
            "Net::forward | Net::Net Net::setup");
}

TEST(UnitBoundary, AsksNothingOfClassesThatItOnlyUses) {
  EXPECT_EQ(boundary(Class.str() + "void use(Net &net) { net.setup(); }"), "| use");
}

TEST(UnitBoundary, AsksForBasesAndHelpers) {
  EXPECT_EQ(
      boundary("struct Base : torch::nn::Module { Base(); };\nvoid fill(torch::nn::Module &m);\n"
               "torch::nn::Linear make(int n); int twice(int n);\n"
               "struct Net : Base { Net(); };\nNet::Net() { fill(*this); make(twice(2)); }"),
      "Base::Base fill make | Net::Net");
}

TEST(UnitBoundary, AsksForTheModelThatItLoadsAndRuns) {
  std::string Code =
      "struct Net : torch::nn::Module { Net(); torch::Tensor forward(torch::Tensor x);"
      "torch::nn::Sequential layers; };\nvoid prepare(Net &net);\n"
      "void run(std::shared_ptr<Net> net, torch::Tensor x) { prepare(*net); ";
  EXPECT_EQ(boundary(Code + "torch::load(net, \"a.pt\"); net->forward(x); }"),
            "Net::Net:use prepare:use | run");
  EXPECT_EQ(boundary(Code + "net->forward(x); }"), "| run");
}

TEST(UnitBoundary, LeavesOutWhatNobodyElseCanDefine) {
  EXPECT_EQ(
      boundary("struct Net : torch::nn::Module { Net(); virtual void grow() = 0; void gone() = "
               "delete; ~Net() = default; };\nstatic void only(Net &net) {}\nnamespace { void "
               "also(Net &net) {} }\nNet::Net() { only(*this); also(*this); }"),
      "| Net::Net");
}

TEST(UnitBoundary, IsReadWithoutTheRest) {
  UnitSummary Summary = test::summaryOf(Class.str() + "Net::Net() { setup(); }");
  UnitBoundary Read;
  llvm::json::Path::Root Root;
  ASSERT_TRUE(fromJSON(toJSON(Summary), Read, Root));
  EXPECT_EQ(Read.Questions.size(), 2u);
  EXPECT_EQ(Read.Definitions.size(), 1u);
  EXPECT_FALSE(fromJSON(llvm::json::Value(nullptr), Read, Root));
  auto Damaged = llvm::json::parse(
      R"({"definitions": {}, "questions": [{"usr": "a", "class": "", "function": "f", "kind": 9}]})");
  ASSERT_TRUE(bool(Damaged));
  EXPECT_FALSE(fromJSON(*Damaged, Read, Root));
}

} // namespace
