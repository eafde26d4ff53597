// Which expressions name one object.
#include "model/facts/ObjectNames.h"
#include "MarkedSnippet.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::MarkedSnippet;

namespace {

// How the expression marked $a stands to $b: "same" object, "element" of it, or "other"; "none"
// where it names nothing that is followed.
std::string relation(llvm::StringRef Body) {
  MarkedSnippet Snippet(
      ("#include <map>\n#include <vector>\nusing namespace torch; nn::Linear made(); nn::Linear "
       "make() { return nn::Linear(1, 1); } template <typename T> void use(const T &) {} struct "
       "Net "
       ": nn::Module { nn::Linear m{nullptr}, o{nullptr}; std::vector<nn::Linear> list; "
       "std::map<int, nn::Linear> table; void run(std::shared_ptr<nn::LinearImpl> p, "
       "std::vector<nn::Linear>::iterator it, std::pair<int, nn::Linear> pair, nn::Sequential seq, "
       "Tensor t, int n) { " +
       Body + " } };")
          .str());
  ObjectSets Objects;
  ObjectNames Names(Objects);
  std::optional<unsigned> A = Names.resolve(Snippet.within<Expr>("a"));
  std::optional<unsigned> B = Names.resolve(Snippet.within<Expr>("b"));
  if (!A || !B)
    return "none";
  if (Objects.find(*A) == Objects.find(*B))
    return "same";
  return Objects.find(*A) == Objects.find(Objects.element(*B)) ? "element" : "other";
}

TEST(ObjectNames, AreOneThroughWhatKeepsTheObject) {
  EXPECT_EQ(relation("use($a[[this->m]]); use($b[[m]]);"), "same");
  EXPECT_EQ(relation("use($a[[p.get()]]); use($b[[p]]);"), "same");
  EXPECT_EQ(relation("use($a[[*p]]); use($b[[p]]);"), "same");
  EXPECT_EQ(relation("use($a[[std::static_pointer_cast<nn::Module>(p)]]); use($b[[p]]);"), "same");
  EXPECT_EQ(relation("use($a[[nn::Linear(p)]]); use($b[[p]]);"), "same");
  EXPECT_EQ(relation("use($a[[std::move(m)]]); use($b[[m]]);"), "same");
  EXPECT_EQ(relation("use($a[[m = o]]); use($b[[m]]);"), "same");
}

TEST(ObjectNames, OfElementsAreTheContainers) {
  for (llvm::StringRef Element : {"(list[n])", "list.back()", "list.at(0)", "*list.begin()"})
    EXPECT_EQ(relation(("use($a[[" + Element + "]]); use($b[[list]]);").str()), "element")
        << Element.str();
  EXPECT_EQ(relation("use($a[[list.front()]]); use($b[[(list[3])]]);"), "same");
  EXPECT_EQ(relation("use($a[[table.at(1)]]); use($b[[table]]);"), "element");
  EXPECT_EQ(relation("use($a[[pair.second]]); use($b[[pair]]);"), "element");
  EXPECT_EQ(relation("use($a[[*it]]); use($b[[it]]);"), "same"); // stands for what it points into
}

TEST(ObjectNames, OfOtherObjectsDiffer) {
  EXPECT_EQ(relation("use($a[[m]]); use($b[[o]]);"), "other");
  EXPECT_EQ(relation("use($a[[m]]); use($b[[list]]);"), "other");
  EXPECT_EQ(relation("use($a[[nn::Linear(1, 1)]]); use($b[[nn::Linear(1, 1)]]);"), "other");
  EXPECT_EQ(relation("use($a[[make()]]); use($b[[make()]]);"), "other"); // makes one at each call
}

TEST(ObjectNames, AreNotGivenToResultsOutOfView) {
  EXPECT_EQ(relation("use($a[[made()]]); use($b[[m]]);"), "none");
  EXPECT_EQ(relation("use($a[[t + t]]); use($b[[t]]);"), "none");
  // One declaration for the weights of all layers: it says nothing of this one.
  EXPECT_EQ(relation("use($a[[m->weight]]); use($b[[o->weight]]);"), "none");
}

TEST(ObjectNames, KnowWhatIsBuiltInView) {
  MarkedSnippet Snippet(
      "using namespace torch; template <typename T> void use(const T &); void run() "
      "{ use([[std::make_shared<nn::LinearImpl>(1, 1)]]); use($null[[nn::Linear(nullptr)]]); }");
  ObjectSets Objects;
  ObjectNames Names(Objects);
  unsigned Built = Names.valueNode(Snippet.within<Expr>());
  EXPECT_TRUE(Objects.flags(Built).Fresh);
  EXPECT_TRUE(Objects.flags(Built).Construction);
  EXPECT_FALSE(Objects.flags(Names.valueNode(Snippet.within<Expr>("null"))).Fresh);
}

TEST(ObjectNames, AreFollowedForModulesTensorsAndContainersOfThem) {
  MarkedSnippet Snippet(
      "#include <vector>\nusing namespace torch; void f(nn::Linear ^a, Tensor ^b, "
      "std::vector<Tensor> ^c, nn::AnyModule ^d, int ^e, std::vector<int> ^g, std::string ^h);");
  std::string Text;
  for (const auto *Parameter : Snippet.all<ParmVarDecl>())
    Text += takesPart(Parameter->getType()) ? Parameter->getName() : "-";
  EXPECT_EQ(Text, "abcd---");
}

} // namespace
