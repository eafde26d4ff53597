// The keys that classes register, in the ways in which people write them.
#include "KeysOfSnippet.h"

using namespace torchtidy;
using torchtidy::test::keysOf;
using torchtidy::test::keysOfBody;

namespace {

TEST(KeyList, HasLayersAndTensors) {
  EXPECT_EQ(keysOfBody("register_module(\"fc\", fc);", "nn::Linear fc{nn::Linear(3, 2)};"),
            "fc.weight[2,3] fc.bias[2]");
  EXPECT_EQ(
      keysOfBody("fc = register_module(\"fc\", nn::Linear(nn::LinearOptions(3, 2).bias(false)));",
                 "nn::Linear fc{nullptr};"),
      "fc.weight[2,3]");
  EXPECT_EQ(keysOfBody("register_parameter(\"scale\", torch::ones({4}));"
                       "register_buffer(\"steps\", torch::zeros({}, torch::kLong));"
                       "register_buffer(\"none\", torch::Tensor());"),
            "scale[4] steps[]");
}

// Own tensors first, then modules in the order of their registration.
TEST(KeyList, IsInLibTorchsOrder) {
  EXPECT_EQ(
      keysOfBody(
          "register_module(\"a\", nn::PReLU()); register_parameter(\"w\", torch::ones({1, 2}));"),
      "w[1,2] a.weight[1]");
}

TEST(KeyList, FollowsConstants) {
  EXPECT_EQ(keysOfBody("constexpr int wide = 8; int64_t half = wide / 2;"
                       "register_module(\"fc\", nn::Linear(wide * 2, half + 1));"),
            "fc.weight[5,16] fc.bias[5]");
  EXPECT_EQ(keysOfBody("int w = 10; w *= 0.5; register_module(\"fc\", nn::Linear(w, int(1.9)));"),
            "fc.weight[1,5] fc.bias[1]");
}

TEST(KeyList, FollowsParameters) {
  TreeValue Four = TreeValue::integer(4);
  EXPECT_EQ(keysOfBody("register_module(\"fc\", nn::Linear(in, out));", "",
                       "int64_t in, int64_t out = 7", Four),
            "fc.weight[7,4] fc.bias[7]");
  // Not given: only what depends on it is not known.
  EXPECT_EQ(keysOfBody("register_module(\"fc\", nn::Linear(in, 2));", "", "int64_t in"),
            "fc.weight[2,…] fc.bias[2]");
}

TEST(KeyList, CountsLoops) {
  EXPECT_EQ(keysOfBody("for (int i = 0; i < 3; ++i) register_module(\"l\" + std::to_string(i), "
                       "nn::Linear(1, i + 1));"),
            "l0.weight[1,1] l0.bias[1] l1.weight[2,1] l1.bias[2] l2.weight[3,1] l2.bias[3]");
  EXPECT_EQ(keysOfBody("std::vector<int64_t> widths{2, 3};"
                       "for (int64_t width : widths) "
                       "layers->push_back(nn::PReLU(nn::PReLUOptions().num_parameters(width)));"
                       "register_module(\"layers\", layers);",
                       "nn::ModuleList layers;"),
            "layers.0.weight[2] layers.1.weight[3]");
}

TEST(KeyList, SaysWhereACountIsNotKnown) {
  EXPECT_EQ(keysOfBody("for (int i = 0; i < n; ++i) register_module(\"l\" + std::to_string(i), "
                       "nn::Linear(1, 2));",
                       "", "int n"),
            "l….weight[2,1]? l….bias[2]?");
}

TEST(KeyList, FollowsConditions) {
  EXPECT_EQ(keysOfBody("if (2 > 1) register_module(\"a\", nn::PReLU()); else "
                       "register_module(\"b\", nn::PReLU());"),
            "a.weight[1]");
  EXPECT_EQ(
      keysOfBody(
          "if (use) register_module(\"a\", nn::PReLU()); register_module(\"b\", nn::PReLU());", "",
          "bool use"),
      "a.weight[1]? b.weight[1]");
  EXPECT_EQ(keysOfBody("int n = 3; if (use) n = 4; register_module(\"a\", nn::Linear(n, 1));", "",
                       "bool use"),
            "a.weight[1,…] a.bias[1]");
  EXPECT_EQ(
      keysOfBody("int n = 3; if (use) n = 4; else n = 4; register_module(\"a\", nn::Linear(n, 1));",
                 "", "bool use"),
      "a.weight[1,4] a.bias[1]");
  EXPECT_EQ(keysOfBody("if (use) return; register_module(\"a\", nn::PReLU());", "", "bool use"),
            "a.weight[1]?");
  EXPECT_EQ(keysOfBody("if (use < 0) throw 1; register_module(\"a\", nn::PReLU());", "", "int use"),
            "a.weight[1]");
}

TEST(KeyList, FollowsHelpersAndLambdas) {
  EXPECT_EQ(keysOf({"using namespace torch; struct Net : nn::Module { Net() { add(\"a\", 2); "
                    "add(\"b\", 3); }"
                    "void add(const std::string &name, int64_t n) { register_module(name, "
                    "nn::Linear(n, 1)); } };"}),
            "a.weight[1,2] a.bias[1] b.weight[1,3] b.bias[1]");
  EXPECT_EQ(keysOfBody("int n = 2; auto make = [&](int64_t out) { nn::Linear made(n, out); n = "
                       "out; return made; };"
                       "register_module(\"a\", make(5)); register_module(\"b\", make(6));"),
            "a.weight[5,2] a.bias[5] b.weight[6,5] b.bias[6]");
  EXPECT_EQ(keysOf({"using namespace torch; static void count(int &n) { n += 2; }"
                    "struct Net : nn::Module { Net() { int n = 1; count(n); register_module(\"a\", "
                    "nn::Linear(n, 1)); } };"}),
            "a.weight[1,3] a.bias[1]");
}

TEST(KeyList, FollowsContainers) {
  EXPECT_EQ(keysOfBody("nn::Sequential s(nn::Linear(1, 2), nn::ReLU(), nn::PReLU()); "
                       "register_module(\"s\", s);"),
            "s.0.weight[2,1] s.0.bias[2] s.2.weight[1]");
  EXPECT_EQ(
      keysOfBody(
          "register_module(\"s\", nn::Sequential({{\"x\", nn::PReLU()}, {\"y\", nn::PReLU()}}));"),
      "s.x.weight[1] s.y.weight[1]");
  EXPECT_EQ(keysOfBody("nn::Sequential s; s->push_back(\"x\", nn::PReLU()); "
                       "s->push_back(nn::PReLU()); register_module(\"s\", s);"),
            "s.x.weight[1] s.1.weight[1]");
  EXPECT_EQ(keysOfBody("std::vector<nn::Linear> v; v.push_back(nn::Linear(1, 2)); "
                       "v.emplace_back(nn::Linear(3, 4));"
                       "for (size_t i = 0; i < v.size(); ++i) register_module(\"v\" + "
                       "std::to_string(i), v[i]);"),
            "v0.weight[2,1] v0.bias[2] v1.weight[4,3] v1.bias[4]");
}

// What is put into a list under a condition has no number that is known, nor what comes after it.
TEST(KeyList, DoesNotCountWhatMayBeThere) {
  EXPECT_EQ(
      keysOfBody("nn::Sequential s; s->push_back(nn::PReLU()); if (use) s->push_back(nn::PReLU());"
                 "s->push_back(nn::PReLU()); register_module(\"s\", s);",
                 "", "bool use"),
      "s.0.weight[1] s.1.weight[1]? s.….weight[1]");
}

TEST(KeyList, FollowsOtherClasses) {
  EXPECT_EQ(
      keysOf({"using namespace torch; struct PartImpl : nn::Module { PartImpl(int64_t n = 2) {"
              "register_module(\"fc\", nn::Linear(n, 1)); } }; TORCH_MODULE(Part);"
              "struct Net : nn::Module { Part part, other{4}; std::shared_ptr<PartImpl> third;"
              "Net() : third(std::make_shared<PartImpl>(5)) { register_module(\"a\", part);"
              "register_module(\"b\", other); register_module(\"c\", third); } };"}),
      "a.fc.weight[1,2] a.fc.bias[1] b.fc.weight[1,4] b.fc.bias[1] c.fc.weight[1,5] c.fc.bias[1]");
}

TEST(KeyList, FollowsBasesAndTemplates) {
  EXPECT_EQ(
      keysOf({"using namespace torch; struct Base : nn::Module { Base(int64_t n) {"
              "register_module(\"fc\", nn::Linear(n, 1)); } };"
              "struct Net : Base { Net() : Base(3) { register_module(\"p\", nn::PReLU()); } };"}),
      "fc.weight[1,3] fc.bias[1] p.weight[1]");
  EXPECT_EQ(keysOf({"using namespace torch; template <int N> struct Part : nn::Module { Part() {"
                    "register_module(\"fc\", nn::Linear(N, 1)); } };"
                    "struct Net : nn::Module { Net() { register_module(\"p\", "
                    "std::make_shared<Part<6>>()); } };"
                    "template struct Part<6>;"}),
            "p.fc.weight[1,6] p.fc.bias[1]");
  EXPECT_EQ(
      keysOf(
          {"using namespace torch; struct Net : nn::Cloneable<Net> { Net() { reset(); }"
           "void reset() override { register_parameter(\"w\", torch::randn({3, 2}) * 0.1); } };"}),
      "w[3,2]");
  EXPECT_EQ(
      keysOf(
          {"using namespace torch; struct Net : nn::LinearImpl { Net() : LinearImpl(2, 3) {} };"}),
      "weight[3,2] bias[3]");
}

TEST(KeyList, FollowsConfigurations) {
  EXPECT_EQ(
      keysOf({"using namespace torch; struct Config { int64_t hidden = 5; bool bias = true; };"
              "struct Net : nn::Module { Net(Config c = {}) {"
              "register_module(\"fc\", nn::Linear(nn::LinearOptions(c.hidden, 2).bias(c.bias))); } "
              "};"}),
      "fc.weight[2,5] fc.bias[2]");
}

// Constructors, helpers and classes of other files.
TEST(KeyList, GoesThroughFiles) {
  llvm::StringRef Header =
      "using namespace torch; struct PartImpl : nn::Module { PartImpl(int64_t n = 3);"
      "nn::Linear fc{nullptr}; }; TORCH_MODULE(Part);"
      "struct Net : nn::Module { Net(); Part part{nullptr}; };";
  std::string Part =
      (Header + "PartImpl::PartImpl(int64_t n) { fc = register_module(\"fc\", nn::Linear(n, 1)); }")
          .str();
  std::string Net = (Header + "Net::Net() { part = register_module(\"part\", Part()); }").str();
  EXPECT_EQ(keysOf({llvm::StringRef(Part), llvm::StringRef(Net)}),
            "part.fc.weight[1,3] part.fc.bias[1]");
  EXPECT_EQ(keysOf({llvm::StringRef(Net), llvm::StringRef(Part)}),
            "part.fc.weight[1,3] part.fc.bias[1]");
  EXPECT_EQ(keysOf({llvm::StringRef(Net)}),
            "part.…{the constructor of 'PartImpl' is defined in no file that was checked}");
  EXPECT_EQ(keysOf({llvm::StringRef(Part)}),
            "…{the constructor of 'Net' is defined in no file that was checked}");
}

TEST(KeyList, SaysWhatIsNotKnown) {
  // A helper that nobody sees.
  EXPECT_EQ(
      keysOfBody("register_module(\"p\", nn::PReLU()); fill(*this);", "friend void fill(Net &);"),
      "p.weight[1] …{'fill' is defined in no file that was checked}");
  EXPECT_EQ(keysOfBody("register_module(\"p\", part);", "", "std::shared_ptr<nn::Module> part"),
            "p.…{the constructor's parameter 'part' is not given}");
  EXPECT_EQ(keysOfBody("register_module(name, nn::PReLU());", "", "std::string name"),
            "….weight[1]");
}

// Two that build each other come to an end.
TEST(KeyList, EndsInCircles) {
  EXPECT_NE(keysOf({"using namespace torch; struct Net : nn::Module { Net() {"
                    "register_module(\"n\", std::make_shared<Net>()); } };"}),
            "");
}

TEST(KeyList, ReplacesModules) {
  EXPECT_EQ(
      keysOfBody(
          "register_module(\"a\", nn::Linear(1, 2)); replace_module(\"a\", nn::Linear(3, 4));"),
      "a.weight[4,3] a.bias[4]");
}

// With the line that registers each, not that of what it holds.
TEST(KeyList, NamesModules) {
  ProjectSummaries All;
  All.add(torchtidy::test::summaryOf("using namespace torch;\n"
                                     "struct Net : nn::Module { Net() {\n"
                                     "  nn::Sequential body(nn::Linear(3, 2), nn::ReLU());\n"
                                     "  register_module(\"body\", body);\n"
                                     "} };"));
  auto Found = All.modulesNamed("Net");
  ASSERT_EQ(Found.size(), 1u);
  std::vector<ListedModule> Modules;
  listKeys(*buildModule(All, Found[0], {}).Node, &Modules);
  ASSERT_EQ(Modules.size(), 3u);
  EXPECT_EQ(Modules[0].Name, "body");
  EXPECT_EQ(Modules[0].Line, 4u);
  EXPECT_EQ(Modules[1].Name, "body.0");
  EXPECT_EQ(Modules[2].Name, "body.1");
}

} // namespace
