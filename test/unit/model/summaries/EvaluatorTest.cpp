// Terms that do much end in bounds.
#include "KeysOfSnippet.h"

using namespace torchtidy;

namespace {

TEST(Evaluator, EndsInLoops) {
  EXPECT_EQ(test::keysOfBody(
                "int n = 0; while (true) n += 1; register_module(\"p\", torch::nn::PReLU());"),
            "p.weight[1]");
  EXPECT_EQ(test::keysOfBody("for (long i = 0; i < 1000000000; ++i) n += i; register_module(\"p\", "
                             "torch::nn::Linear(n, 1));",
                             "long n = 0;"),
            "p.weight[1,…] p.bias[1]");
}

TEST(Evaluator, EndsInRecursion) {
  EXPECT_EQ(test::keysOf({"struct Net : torch::nn::Module { Net() { add(1); } void add(int n) { "
                          "register_buffer(\"b\" + std::to_string(n), torch::ones(1)); if (n < 3) "
                          "add(n + 1); } };"}),
            "b1[1] b2[1] b3[1]");
  std::string Text = test::keysOf(
      {"struct Net : torch::nn::Module { Net() { add(1); } void add(int n) { add(n + 1); } };"});
  EXPECT_EQ(Text, "…{calls go in a circle}");
}

// Lists are values, modules are shared.
TEST(Evaluator, CopiesAsCppDoes) {
  EXPECT_EQ(
      test::keysOfBody("std::vector<int64_t> a{1, 2}; auto b = a; b[0] = 5; auto &c = a; c[1] = 7;"
                       "register_buffer(\"t\", torch::ones({a[0], a[1], b[0], b[1]}));"),
      "t[1,7,5,2]");
  EXPECT_EQ(test::keysOfBody("torch::nn::Sequential s; auto t = s; "
                             "t->push_back(torch::nn::PReLU()); register_module(\"s\", s);"),
            "s.0.weight[1]");
}

// What a function of another library may have changed is not known.
TEST(Evaluator, ForgetsWhatIsHandedOut) {
  EXPECT_EQ(test::keysOfBody("std::vector<int64_t> a{1, 2}; std::reverse(a.begin(), a.end());"
                             "register_buffer(\"t\", torch::ones({a[0], 3}));"),
            "t[…,3]");
}

// Where it stops following, more may come.
TEST(Evaluator, StaysOpenPastItsLimits) {
  EXPECT_EQ(
      test::keysOfBody("for (int p = 0; p < 1000; ++p) for (int i = 0; i < 1024; ++i) sum += p * i;"
                       "register_module(\"fc\", torch::nn::Linear(1, 2));",
                       "long sum = 0;"),
      "…{the constructor does more than is followed}");
  std::string Deep = "register_module(\"p\", torch::nn::PReLU());";
  for (int I = 0; I < 130; ++I)
    Deep = "{" + Deep + "}";
  EXPECT_EQ(test::keysOfBody(Deep), "…{the code is nested too deeply}");
}

TEST(Evaluator, RunsUndecidedOperandsInDoubt) {
  EXPECT_EQ(test::keysOfBody("bn = use ? register_module(\"bn\", nn::PReLU()) : nullptr;",
                             "nn::PReLU bn{nullptr};", "bool use"),
            "bn.weight[1]?");
  EXPECT_EQ(test::keysOfBody("use && register_module(\"a\", nn::PReLU()); use || "
                             "register_module(\"b\", nn::PReLU());",
                             "", "bool use"),
            "a.weight[1]? b.weight[1]?");
  EXPECT_EQ(test::keysOfBody("int m = n > 0 ? n : throw 1; register_module(\"p\", nn::PReLU());",
                             "", "int n"),
            "p.weight[1]");
}

TEST(Evaluator, EntersTheCaseThatIsMeant) {
  llvm::StringRef Body = "switch (mode) { case 1: register_module(\"a\", nn::PReLU()); break;"
                         "case 2: register_module(\"b\", nn::PReLU()); case 3: case 4: "
                         "register_module(\"c\", nn::PReLU()); break; default: "
                         "register_module(\"d\", nn::PReLU()); }"
                         "register_module(\"e\", nn::PReLU());";
  auto Keys = [&](int64_t Mode) {
    return test::keysOfBody(Body, "", "int mode", TreeValue::integer(Mode));
  };
  EXPECT_EQ(Keys(1), "a.weight[1] e.weight[1]");
  EXPECT_EQ(Keys(2), "b.weight[1] c.weight[1] e.weight[1]");
  EXPECT_EQ(Keys(4), "c.weight[1] e.weight[1]");
  EXPECT_EQ(Keys(7), "d.weight[1] e.weight[1]");
  EXPECT_EQ(test::keysOfBody(Body, "", "int mode"),
            "a.weight[1]? b.weight[1]? c.weight[1]? d.weight[1]? e.weight[1]");
}

// Of rounds that nobody counts, none is the first.
TEST(Evaluator, ForgetsWhatLoopsWrite) {
  EXPECT_EQ(
      test::keysOfBody("int in = 3; for (int c : channels) { "
                       "s->push_back(nn::Linear(in, 4)); in = c; } register_module(\"s\", s);",
                       "nn::Sequential s;", "std::vector<int> channels"),
      "s.….weight[4,…]? s.….bias[4]?");
  EXPECT_EQ(
      test::keysOfBody("int in = 3; while (n > 0) { register_module(\"a\", nn::Linear(in, 4)); "
                       "in = 4; --n; } register_module(\"p\", nn::PReLU());",
                       "", "int n"),
      "a.weight[4,…]? a.bias[4]? p.weight[1]");
}

TEST(Evaluator, LeavesLoopsOnly) {
  EXPECT_EQ(
      test::keysOfBody("for (int i = 0; i < 2; ++i) { if (use) break; register_module(\"l\" + "
                       "std::to_string(i), nn::PReLU()); } register_module(\"p\", nn::PReLU());",
                       "", "bool use"),
      "l0.weight[1]? l1.weight[1]? p.weight[1]");
}

TEST(Evaluator, EndsInCircles) {
  EXPECT_EQ(test::keysOfBody("struct Node { Node *next = nullptr; int n = 1; }; "
                             "std::vector<Node> v{Node{}, Node{}}; Node &r = v[i]; "
                             "v[0].next = &r; r.next = nullptr; "
                             "register_module(\"a\", nn::Linear(v[0].n, 1));",
                             "", "int i"),
            "a.weight[1,…] a.bias[1]");
}

// Texts that double, modules that share modules.
TEST(Evaluator, EndsInBounds) {
  EXPECT_EQ(test::keysOfBody("std::string s = \"x\"; for (int i = 0; i < 60; ++i) s += s; "
                             "register_buffer(s, torch::ones(1));"),
            "…[1]");
  llvm::StringRef Doubles =
      "auto s = std::make_shared<nn::SequentialImpl>(); for (int i = 0; i < 60; ++i) { auto t = "
      "std::make_shared<nn::SequentialImpl>(); t->push_back(\"a\", s); t->push_back(\"b\", s); "
      "s = t; }";
  EXPECT_EQ(test::keysOfBody((Doubles + "s->to(torch::kHalf);").str()), "");
  EXPECT_NE(test::keysOfBody((Doubles + "register_module(\"s\", s);").str()), "");
}

TEST(Evaluator, RunsConditionsOfLoops) {
  EXPECT_EQ(test::keysOfBody("int n = 3, m = 0; do { ++m; register_buffer(\"b\" + "
                             "std::to_string(m), torch::ones(n)); } while (--n > 0); "
                             "register_module(\"a\", nn::Linear(n, m));"),
            "b1[3] b2[2] b3[1] a.weight[3,0] a.bias[3]");
  // Once for certain.
  EXPECT_EQ(test::keysOfBody("int m = 0; do { ++m; register_buffer(\"b\" + std::to_string(m), "
                             "torch::ones(1)); } while (m < n);",
                             "", "int n"),
            "b1[1] b…[1]?");
  EXPECT_EQ(test::keysOfBody("int m = 0; do { if (m == 1) continue; register_buffer(\"b\", "
                             "torch::ones(m + 1)); } while (++m < 2);"),
            "b[1]");
  EXPECT_EQ(test::keysOfBody("int n = 3; while (int m = n--) register_buffer(\"b\" + "
                             "std::to_string(m), torch::ones(n + 1));"
                             "register_module(\"a\", nn::Linear(n + 2, 1));"),
            "b3[3] b2[2] b1[1] a.weight[1,1] a.bias[1]");
  EXPECT_EQ(test::keysOfBody("int n = 3; for (; int m = n; --n) register_buffer(\"b\" + "
                             "std::to_string(m), torch::ones(1));"),
            "b3[1] b2[1] b1[1]");
  EXPECT_EQ(test::keysOfBody("int n = 3; while (int m = next(n)) { (void)m; continue; } "
                             "register_module(\"a\", nn::Linear(n, 1));",
                             "int next(int &n);"),
            "a.weight[1,…] a.bias[1] …{'next' is defined in no file that was checked}");
}

// What is made in a branch is changed for certain there, and in doubt in a branch of that.
TEST(Evaluator, DoubtsOnlyWhatWasThereBefore) {
  auto Keys = [](llvm::StringRef Body) {
    return test::keysOfBody(Body, "", "bool down, bool more, int n");
  };
  EXPECT_EQ(Keys("if (down) { nn::Sequential s; s->push_back(nn::Conv2d(nn::Conv2dOptions(64, 128, "
                 "1).bias(false))); s->push_back(nn::BatchNorm2d(128)); "
                 "register_module(\"downsample\", s); }"),
            "downsample.0.weight[128,64,1,1]? downsample.1.weight[128]? downsample.1.bias[128]? "
            "downsample.1.running_mean[128]? downsample.1.running_var[128]? "
            "downsample.1.num_batches_tracked[]?");
  EXPECT_EQ(Keys("if (down) { nn::Sequential s; s->push_back(nn::PReLU()); if (more) "
                 "s->push_back(nn::PReLU()); s->push_back(nn::PReLU()); register_module(\"s\", s); "
                 "}"),
            "s.0.weight[1]? s.1.weight[1]? s.….weight[1]?");
  EXPECT_EQ(
      Keys("if (down) { std::vector<int64_t> v; v.push_back(2); auto o = "
           "nn::LinearOptions(v[0], 3); o.bias(false); register_module(\"a\", nn::Linear(o)); "
           "}"),
      "a.weight[3,2]?");
  EXPECT_EQ(Keys("for (int i = 0; i < n; ++i) { nn::Sequential s; s->push_back(nn::PReLU()); "
                 "std::vector<int> v; v.push_back(2); s->push_back(nn::Linear(v.size(), v[0])); "
                 "register_module(\"l\" + std::to_string(i), s); }"),
            "l….0.weight[1]? l….1.weight[2,1]? l….1.bias[2]?");
  // Another branch may not run where the first one does.
  EXPECT_EQ(Keys("nn::Sequential s, t; register_module(\"s\", s); if (down) "
                 "s->push_back(nn::PReLU()); std::vector<int> v; if (more) v.push_back(1); "
                 "register_buffer(\"b\", torch::ones(v.size()));"),
            "b[…] s.0.weight[1]?");
  EXPECT_EQ(Keys("if (down) return; nn::Sequential s; register_module(\"s\", s); "
                 "s->push_back(nn::PReLU()); if (more) return; s->push_back(nn::PReLU()); "
                 "s->push_back(nn::PReLU());"),
            "s.0.weight[1]? s.1.weight[1]? s.….weight[1]?");
}

// Each call is nested deeply, too.
TEST(Evaluator, EndsInDeepRecursion) {
  std::string Add = "void add(int n) { if (n == -1) {}";
  for (int I = 1; I < 100; ++I)
    Add += " else if (n == -" + std::to_string(I + 1) + ") {}";
  EXPECT_EQ(test::keysOfBody("add(1);", Add + " else add(n + 1); }"),
            "…{calls are nested too deeply}");
}

} // namespace
