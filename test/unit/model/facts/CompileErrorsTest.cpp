// Where clang lost code to an error. These snippets do not compile, on purpose.
#include "model/facts/CompileErrors.h"
#include "ParseSnippet.h"
#include "model/syntax/Walk.h"
#include "clang/Frontend/TextDiagnosticBuffer.h"
#include "clang/Tooling/Tooling.h"
#include <gtest/gtest.h>

using namespace clang;
using namespace torchtidy;

namespace {

class Broken {
public:
  explicit Broken(llvm::StringRef Code)
      : Unit(tooling::buildASTFromCodeWithArgs(Code, {"-std=c++17"}, "snippet.cpp", "clang++",
                                               std::make_shared<PCHContainerOperations>(),
                                               tooling::getClangStripDependencyFileAdjuster(), {},
                                               &Diagnostics)) {}

  bool loses(llvm::StringRef Name) const {
    const NamedDecl *D = test::find(*Unit, Name);
    if (const auto *Function = dyn_cast_or_null<FunctionDecl>(D))
      return isIncomplete(Function, Unit->getASTContext());
    const auto *Class = dyn_cast_or_null<CXXRecordDecl>(D);
    if (!Class)
      ADD_FAILURE() << "no " << Name.str();
    return Class && isIncomplete(Class, Unit->getASTContext());
  }
  ASTUnit &unit() const { return *Unit; }

private:
  TextDiagnosticBuffer Diagnostics;
  std::unique_ptr<ASTUnit> Unit;
};

bool losesBody(llvm::StringRef Body) {
  Broken Code(("void ok(int); int wrong = unknown; void f(int n) { " + Body + " }").str());
  return Code.loses("f");
}

TEST(CompileErrors, LoseStatements) {
  EXPECT_TRUE(losesBody("unknown();"));
  EXPECT_TRUE(losesBody("Unknown x(n);"));
  EXPECT_TRUE(losesBody("ok(n); ok(unknown + 1);"));
  EXPECT_TRUE(losesBody("if (unknown) ok(n);"));
  EXPECT_TRUE(losesBody("for (int i = 0; i < unknown; ++i) ok(i);"));
}

TEST(CompileErrors, LeaveOtherCodeWhole) {
  // The file has an error, not this function.
  for (llvm::StringRef Body :
       {"", "ok(n);", ";;", "if (n) ok(1); else ok(2);", "for (int i = 0; i < n; ++i) { ok(i); }",
        "/* unknown() */ ok(n);", "int a[] = {1, 2}; for (int x : a) ok(x);",
        "\n#if 0\nunknown();\n#endif\nok(n);"})
    EXPECT_FALSE(losesBody(Body)) << Body.str();
}

TEST(CompileErrors, OfAClassAreThoseOfMembersMethodsAndBases) {
  Broken Code("struct Whole { int a; void f() { a = 1; } };"
              "struct Member { Unknown u; int a; };"
              "struct Method { int a; void f() { unknown(); } };"
              "struct Init { int a; Init() : a(1), b(2) {} };"
              "struct Derived : Method { int b; };"
              "struct Plain : Whole { int b; };");
  EXPECT_FALSE(Code.loses("Whole"));
  EXPECT_TRUE(Code.loses("Member"));
  EXPECT_TRUE(Code.loses("Method"));
  EXPECT_TRUE(Code.loses("Init"));
  EXPECT_TRUE(Code.loses("Derived"));
  EXPECT_FALSE(Code.loses("Plain"));
}

TEST(CompileErrors, AreNoneInCodeThatCompiles) {
  Broken Code("#define API\nstruct S { API int a; API void f() {} }; void f() { (void)1; }");
  EXPECT_FALSE(Code.loses("S"));
  EXPECT_FALSE(Code.loses("f"));
}

TEST(CompileErrors, LoseEverythingAfterAFatalOne) {
  Broken Code("#include \"nowhere.h\"\nvoid f() {} struct S {};");
  EXPECT_TRUE(Code.loses("f"));
  EXPECT_TRUE(Code.loses("S"));
}

TEST(CompileErrors, AreAskedOfTheFunctionAroundAStatement) {
  Broken Code(
      "void ok(int); void lost() { ok(1); auto l = [] { ok(2); }; unknown(); } void whole() "
      "{ ok(3); }");
  auto InLost = [&](llvm::StringRef Name) {
    std::string Text;
    forEach<CallExpr>(
        test::find<FunctionDecl>(Code.unit(), Name)->getBody(), [&](const CallExpr *Call) {
          if (isa<IntegerLiteral>(*Call->arg_begin()))
            Text += isInIncompleteFunction(Call, Code.unit().getASTContext()) ? "l" : "-";
        });
    return Text;
  };
  EXPECT_EQ(InLost("whole"), "-");
  EXPECT_EQ(InLost("lost").substr(0, 2), "ll");
}

} // namespace
