// What is not known after code that is not followed; each of these was listed as if it had changed
// nothing.
#include "KeysOfSnippet.h"

using namespace torchtidy;
using torchtidy::test::keysOf;
using torchtidy::test::keysOfBody;

namespace {

TEST(EvaluateEffects, RunsLambdasThatAreHandedOn) {
  EXPECT_EQ(keysOfBody("std::vector<int64_t> v{2, 3}; nn::Sequential s; "
                       "std::for_each(v.begin(), v.end(), [&](int64_t w) { "
                       "s->push_back(nn::Linear(w, 1)); }); register_module(\"s\", s);"),
            "s.0.weight[1,2] s.0.bias[1] s.1.weight[1,3] s.1.bias[1]");
  EXPECT_EQ(
      keysOfBody("std::function<void(int64_t)> add = [&](int64_t n) { register_module(\"m\" + "
                 "std::to_string(n), nn::Linear(n, 1)); if (n > 1) add(n - 1); }; add(2);"),
      "m2.weight[1,2] m2.bias[1] m1.weight[1,1] m1.bias[1]");
  // How often a library runs it is not known, nor with what.
  EXPECT_EQ(keysOfBody("int n = 1; std::thread t([&] { n = 2; register_module(\"a\", "
                       "nn::PReLU()); }); t.join(); register_module(\"b\", nn::Linear(n, 1));"),
            "a.weight[1]? b.weight[1,…] b.bias[1]");
  // What it captures by copy is as it was.
  EXPECT_EQ(keysOfBody("int n = 1; auto f = [=, m = n + 1] { return nn::Linear(n, m); }; n = 5; "
                       "register_module(\"a\", f());"),
            "a.weight[2,1] a.bias[2]");
}

TEST(EvaluateEffects, KeepsVariablesOfAFunctionApart) {
  EXPECT_EQ(keysOf({"using namespace torch; template <class F> void twice(int base, F f) { int x = "
                    "100; f(base + x); f(base); }"
                    "struct Net : nn::Module { Net() { int x = 3, y = 4; twice(1, [&](int n) { "
                    "register_module(\"m\" + std::to_string(n), nn::Linear(x, y)); }); } };"}),
            "m101.weight[4,3] m101.bias[4] m1.weight[4,3] m1.bias[4]");
}

TEST(EvaluateEffects, FollowsStructuredBindings) {
  EXPECT_EQ(keysOfBody("auto [in, out] = std::make_pair(2, 3); "
                       "register_module(\"a\", nn::Linear(in, out));"),
            "a.weight[3,2] a.bias[3]");
  EXPECT_EQ(keysOfBody("std::vector<std::pair<std::string, int64_t>> v{{\"a\", 2}, {\"b\", 3}}; "
                       "for (auto &[name, n] : v) n += 1; "
                       "for (const auto &[name, n] : v) register_module(name, nn::Linear(n, 1));"),
            "a.weight[1,3] a.bias[1] b.weight[1,4] b.bias[1]");
  EXPECT_EQ(keysOfBody("struct P { int in = 2, out = 3; } p; auto &[i, o] = p; o = 7; "
                       "register_module(\"a\", nn::Linear(p.in, p.out));"),
            "a.weight[7,2] a.bias[7]");
}

// As C++ does: in a constructor those of its class, afterwards those of the object's.
TEST(EvaluateEffects, FollowsVirtualFunctions) {
  llvm::StringRef Base =
      "using namespace torch; struct Base : nn::Module { Base() { build(); } "
      "void build() { register_module(\"m\" + std::to_string(count++), nn::Linear(width(), 1)); } "
      "virtual int width() { return 2; } int count = 0; };";
  EXPECT_EQ(keysOf({(Base + "struct Net : Base { Net() { build(); } int width() override { return "
                            "5; } };")
                        .str()}),
            "m0.weight[1,2] m0.bias[1] m1.weight[1,5] m1.bias[1]");
  EXPECT_EQ(keysOf({(Base + "struct Other : Base { int width() override { return 5; } };"
                            "void again(Base &b) { b.build(); }"
                            "struct Net : nn::Module { Net() { auto o = std::make_shared<Other>(); "
                            "again(*o); register_module(\"o\", o); } };")
                        .str()}),
            "o.m0.weight[1,2] o.m0.bias[1] o.m1.weight[1,5] o.m1.bias[1]");
}

TEST(EvaluateEffects, FollowsPointersAndSwaps) {
  EXPECT_EQ(keysOf({"using namespace torch; static void fill(int *n) { *n = 7; }"
                    "struct Net : nn::Module { Net() { int n = 1; fill(&n); "
                    "register_module(\"a\", nn::Linear(n, 1)); } };"}),
            "a.weight[1,7] a.bias[1]");
  EXPECT_EQ(keysOfBody("int a = 1, b = 2; std::swap(a, b); std::vector<int> v{3}, w{4, 5}; "
                       "v.swap(w); register_module(\"a\", nn::Linear(a, v.size()));"),
            "a.weight[2,2] a.bias[2]");
  EXPECT_EQ(keysOfBody("int n = 1; auto r = std::ref(n); r.get() = 6; register_module(\"a\", "
                       "nn::Linear(n, 1));"),
            "a.weight[1,6] a.bias[1]");
  EXPECT_EQ(keysOfBody("auto p = std::make_shared<nn::LinearImpl>(1, 2); p.reset(); "
                       "if (p) register_module(\"a\", p);"),
            "");
  EXPECT_EQ(keysOfBody("int a[2] = {1, 2}; int *p = a; p[1] = 9; std::string s = \"x\"; "
                       "s.append(\"y\"); register_module(s, nn::Linear(a[0], a[1]));"),
            "xy.weight[9,1] xy.bias[9]");
  EXPECT_EQ(keysOf({"using namespace torch; struct Adder { nn::Module &m; int &n; void add() { "
                    "m.register_module(\"m\" + std::to_string(n++), nn::PReLU()); } };"
                    "struct Net : nn::Module { Net() { int n = 0; Adder a{*this, n}; a.add(); "
                    "a.add(); register_buffer(\"b\", torch::ones(n)); } };"}),
            "b[2] m0.weight[1] m1.weight[1]");
}

TEST(EvaluateEffects, FollowsMaps) {
  EXPECT_EQ(keysOfBody("std::map<std::string, int64_t> m{{\"b\", 2}, {\"a\", 1}}; m[\"c\"] = 3; "
                       "m[\"a\"] = 4; m.emplace(\"a\", 9); "
                       "for (auto &[k, n] : m) register_module(k, nn::Linear(n, 1));"),
            "a.weight[1,4] a.bias[1] b.weight[1,2] b.bias[1] c.weight[1,3] c.bias[1]");
  EXPECT_EQ(keysOfBody("std::map<int, int> m{{1, 10}, {2, 20}}; "
                       "register_module(\"a\", nn::Linear(m[1], m.at(2)));"),
            "a.weight[20,10] a.bias[20]");
}

TEST(EvaluateEffects, ForgetsElementsThatItCannotName) {
  EXPECT_EQ(keysOfBody("std::vector<int> v{1, 2}; v[i] = 5; "
                       "register_module(\"a\", nn::Linear(v[0], 3));",
                       "", "int i"),
            "a.weight[3,…] a.bias[3]");
  EXPECT_EQ(keysOfBody("std::vector<int> v{1, 2}; auto it = v.begin(); *it = 5; "
                       "register_module(\"a\", nn::Linear(v[0], 3));"),
            "a.weight[3,…] a.bias[3]");
  EXPECT_EQ(keysOfBody("nn::Sequential a, b; register_module(\"a\", a); register_module(\"b\", b); "
                       "nn::Sequential c = use ? a : b; c->push_back(nn::PReLU());",
                       "", "bool use"),
            "a.…{'push_back' of line 1 changes what it holds} "
            "b.…{'push_back' of line 1 changes what it holds}");
}

TEST(EvaluateEffects, ForgetsShapesThatChangeInPlace) {
  for (llvm::StringRef Change : {"w.resize_({3, 4})", "w.t_()", "w.unsqueeze_(0)", "w.squeeze_()",
                                 "w.transpose_(0, 1)", "w.set_data(torch::ones(3))"})
    EXPECT_EQ(keysOfBody(("auto w = register_parameter(\"w\", torch::ones({2, 1})); " + Change +
                          "; register_buffer(\"b\", torch::ones(2));")
                             .str()),
              "w[…] b[2]")
        << Change.str();
  EXPECT_EQ(keysOfBody("fc->weight.resize_({3});"
                       "register_module(\"fc\", fc);",
                       "nn::Linear fc{nn::Linear(3, 2)};"),
            "fc.weight[…] fc.bias[…]");
  // What only writes values leaves the shape as it is.
  EXPECT_EQ(keysOfBody("auto w = register_parameter(\"w\", torch::ones({2, 1})); w.fill_(1); "
                       "nn::init::xavier_uniform_(w); w.mul_(2); w *= 3;"),
            "w[2,1]");
}

TEST(EvaluateEffects, ConvertsAndUnregisters) {
  EXPECT_EQ(keysOfBody("register_module(\"a\", nn::PReLU()); register_module(\"b\", nn::PReLU()); "
                       "unregister_module(\"a\");"),
            "b.weight[1]");
  EXPECT_EQ(keysOfBody("register_module(\"a\", nn::PReLU()); if (use) unregister_module(\"a\");",
                       "", "bool use"),
            "a.weight[1]?");
  ProjectSummaries All;
  All.add(test::summaryOf("using namespace torch; struct Net : nn::Module { Net() { "
                          "register_module(\"a\", nn::PReLU()); to(torch::kHalf); "
                          "register_buffer(\"b\", torch::ones(2)); } };"));
  auto Keys = listKeys(*buildModule(All, All.modulesNamed("Net").at(0), {}).Node);
  ASSERT_EQ(Keys.size(), 2u);
  EXPECT_EQ(Keys[0].Of.DType, "float32");
  EXPECT_EQ(Keys[1].Of.DType, "float16");
}

TEST(EvaluateEffects, InsertsAsLibTorchDoes) {
  EXPECT_EQ(keysOfBody("nn::ModuleList l(nn::Linear(1, 2), nn::Linear(3, 4)); "
                       "l->insert(1, nn::Linear(5, 6)); register_module(\"l\", l);"),
            "l.0.weight[2,1] l.0.bias[2] l.1.weight[6,5] l.1.bias[6] l.2.weight[4,3] l.2.bias[4]");
  EXPECT_EQ(keysOfBody("nn::ModuleList l; l->push_back(nn::PReLU()); l->insert(i, nn::PReLU()); "
                       "register_module(\"l\", l);",
                       "", "int i"),
            "l.…{'insert' of line 1 changes what it holds}");
}

TEST(EvaluateEffects, DoubtsWhatAGotoJumps) {
  EXPECT_EQ(keysOfBody("int n = 1; if (use) goto end; n = 2; register_module(\"a\", "
                       "nn::PReLU()); end: register_module(\"b\", nn::Linear(n, 1));",
                       "", "bool use"),
            "a.weight[1]? b.weight[1,…]? b.bias[1]?");
}

// A function that nobody sees has a name and a line.
TEST(EvaluateEffects, NamesWhoMayHaveChangedIt) {
  EXPECT_EQ(keysOfBody("void (*fill)(nn::Module &) = nullptr; fill(*this);"),
            "…{'fill(*this)' of line 1 may change it}");
  EXPECT_EQ(keysOf({"using namespace torch; void widen(int &n); struct Net : nn::Module { Net() { "
                    "int n = 1; widen(n); register_module(\"a\", nn::Linear(n, 1)); } };"}),
            "a.weight[1,…] a.bias[1]");
}

// What only reads, or is LibTorch's, leaves everything known.
TEST(EvaluateEffects, KeepsWhatNothingChanges) {
  EXPECT_EQ(keysOfBody("int n = 2; std::vector<int> v{n, 3}; std::cout << n << v.size(); "
                       "TORCH_CHECK(n > 0, \"n\", n); auto m = *std::max_element(v.begin(), "
                       "v.end()); (void)m; register_module(\"a\", nn::Linear(v[0], v[1])); "
                       "train(); eval(); for (auto &p : parameters()) p.requires_grad_(false); "
                       "apply([](nn::Module &m) { if (auto *l = m.as<nn::Linear>()) "
                       "nn::init::xavier_uniform_(l->weight); });"),
            "a.weight[3,2] a.bias[3]");
}

// Functions that nobody sees change what they are called on.
TEST(EvaluateEffects, ForgetsMembersOfStructs) {
  llvm::StringRef Config = "using namespace torch; struct Config { int width = 1; void load(); "
                           "void reload() { read(*this); } static void read(Config &c); };";
  auto Keys = [&](llvm::StringRef Body) {
    return keysOf({(Config + "struct Net : nn::Module { Net(bool use) { Config c, d; " + Body +
                    " register_module(\"a\", nn::Linear(c.width, 1)); } };")
                       .str()});
  };
  EXPECT_EQ(Keys(""), "a.weight[1,1] a.bias[1]");
  EXPECT_EQ(Keys("c.load();"), "a.weight[1,…] a.bias[1]");
  EXPECT_EQ(Keys("c.reload();"), "a.weight[1,…] a.bias[1]");
  EXPECT_EQ(Keys("d.load();"), "a.weight[1,1] a.bias[1]");
  EXPECT_EQ(Keys("auto &e = use ? c : d; e.load();"), "a.weight[1,…] a.bias[1]");
  EXPECT_EQ(Keys("auto &e = use ? c : d; e.width = 5;"), "a.weight[1,…] a.bias[1]");
}

TEST(EvaluateEffects, ForgetsEitherOfTwoPlaces) {
  auto Keys = [](llvm::StringRef Before, llvm::StringRef Body) {
    return keysOf({("using namespace torch; static void grow(int &n) { n += 2; } " + Before +
                    " struct Net : nn::Module { Net(bool use) { int a = 1, b = 1; " + Body +
                    " register_module(\"a\", nn::Linear(a, b)); } };")
                       .str()});
  };
  llvm::StringRef Neither = "a.weight[…,…] a.bias[…]";
  EXPECT_EQ(Keys("", "auto &r = use ? a : b; r = 7;"), Neither);
  EXPECT_EQ(Keys("", "(use ? a : b) = 7;"), Neither);
  EXPECT_EQ(Keys("", "grow(use ? a : b);"), Neither);
  EXPECT_EQ(Keys("", "grow(++a); grow((a, b));"), "a.weight[3,4] a.bias[3]");
  EXPECT_EQ(Keys("struct S { int n = 1; };", "S s; auto p = &S::n; s.*p = 4; b = s.n;"),
            "a.weight[…,1] a.bias[…]");
  EXPECT_EQ(Keys("", "auto &r = use ? a : b; a = 7; b = r;"), "a.weight[…,7] a.bias[…]");
  EXPECT_EQ(Keys("", "auto &r = a < 2 ? a : b; r = 7;"), "a.weight[1,7] a.bias[1]");
  EXPECT_EQ(Keys("", "auto get = [&]() -> int & { return b; }; get() = 5;"),
            "a.weight[5,1] a.bias[5]");
  EXPECT_EQ(Keys("", "auto get = [&]() -> int & { return use ? a : b; }; get() = 5;"), Neither);
  EXPECT_EQ(Keys("static int &pick(bool use, int &a, int &b) { if (use) return a; return b; }",
                 "pick(use, a, b) = 5;"),
            Neither);
  EXPECT_EQ(Keys("static int &pick(bool use, int &a, int &b) { return use ? a : b; }",
                 "pick(use, a, b) = 5;"),
            Neither);
  EXPECT_EQ(Keys("", "std::vector<int> v{1}, w{1}; (use ? v : w).push_back(1); b = v.size();"),
            "a.weight[…,1] a.bias[…]");
}

// However deep it lies.
TEST(EvaluateEffects, ForgetsWhatLiesDeep) {
  std::string Structs = "using namespace torch; struct S0 { int n = 1; };", Path;
  for (int I = 1; I < 15; ++I) {
    Structs += "struct S" + std::to_string(I) + " { S" + std::to_string(I - 1) + " s; };";
    Path += ".s";
  }
  EXPECT_EQ(keysOf({Structs +
                    "void fill(S14 &s); struct Net : nn::Module { Net() { S14 s; fill(s); "
                    "register_module(\"a\", nn::Linear(s" +
                    Path + ".n, 1)); } };"}),
            "a.weight[1,…] a.bias[1]");
}

} // namespace
