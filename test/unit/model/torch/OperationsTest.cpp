// The tables of operations against the headers of the LibTorch that the tests run with.
#include "model/torch/Operations.h"
#include "ParseSnippet.h"
#include "model/torch/Types.h"
#include "gtest/gtest.h"

using namespace clang;
using namespace torchtidy;
using torchtidy::test::parse;

namespace {

const NamedDecl *lookUp(const DeclContext *Scope, llvm::StringRef Name) {
  ASTContext &Context = Scope->getParentASTContext();
  auto Found = Scope->lookup(&Context.Idents.get(Name));
  return Found.empty() ? nullptr : Found.front();
}

bool holdsTensors(QualType Type) {
  torchtidy::TypeInfo Info = classifyType(Type);
  return Info.isTensor() || Info.HoldsTensors;
}

bool takesTensor(const FunctionDecl *F) {
  return llvm::any_of(F->parameters(),
                      [](const ParmVarDecl *P) { return holdsTensors(P->getType()); });
}

// What the signature of F says against its entry; empty when they agree.
std::string contradiction(const FunctionDecl *F) {
  llvm::StringRef Name = F->getName();
  Operation Known = operationNamed(Name);
  Name.consume_back("_symint");
  bool NamedInPlace = Name.ends_with("_") && !Name.ends_with("__");
  if (NamedInPlace && !Known.isInPlace() && !Known.has(SetsProperty))
    return "a name in place, but neither InPlace nor SetsProperty";
  if (!NamedInPlace && !Known.IsOut && Known.isInPlace())
    return "InPlace without a name in place";
  if (!Known)
    return "";
  QualType Returned = F->getReturnType();
  bool Tensors = holdsTensors(Returned);
  switch (Known.Gives) {
  case ResultKind::Nothing:
    return Returned->isVoidType() ? "" : "gives something";
  case ResultKind::Host:
    return Returned->isVoidType() ? "gives nothing" : Tensors ? "gives tensors" : "";
  case ResultKind::Self:
    return Tensors || Returned->isVoidType() ? "" : "gives no tensor";
  default:
    return Tensors ? "" : "gives no tensor";
  }
}

class Operations : public ::testing::Test {
protected:
  void SetUp() override {
    Unit = parse("");
    At = cast<NamespaceDecl>(lookUp(Unit->getASTContext().getTranslationUnitDecl(), "at"));
  }

  std::vector<const CXXMethodDecl *> methods() const {
    std::vector<const CXXMethodDecl *> Found;
    for (llvm::StringRef Class : {"Tensor", "TensorBase"})
      for (const CXXMethodDecl *Method :
           cast<CXXRecordDecl>(lookUp(At, Class))->getDefinition()->methods())
        if (Method->getIdentifier() && Method->getAccess() == AS_public)
          Found.push_back(Method);
    return Found;
  }

  std::unique_ptr<ASTUnit> Unit;
  const NamespaceDecl *At = nullptr;
};

TEST_F(Operations, AgreeWithTheMembersOfTensor) {
  unsigned Count = 0;
  for (const CXXMethodDecl *Method : methods()) {
    std::string Text = contradiction(Method);
    EXPECT_TRUE(Text.empty()) << "Tensor::" << Method->getName().str() << ": " << Text;
    Count += bool(operationNamed(Method->getName()));
  }
  EXPECT_GT(Count, 500u);
}

TEST_F(Operations, AgreeWithTheFunctionsOfAt) {
  unsigned Count = 0;
  for (const NamespaceDecl *Part : At->redecls())
    for (const Decl *D : Part->decls()) {
      const auto *F = dyn_cast<FunctionDecl>(D);
      if (!F || !F->getIdentifier() || F->getName().starts_with("_"))
        continue;
      Operation Known = operationNamed(F->getName());
      // Streams and strings have printing functions of the same names.
      bool OfTensors = takesTensor(F) || Known.has(Creates);
      if (!Known || !OfTensors || Known.is(Op::print))
        continue;
      ++Count;
      std::string Text = contradiction(F);
      EXPECT_TRUE(Text.empty()) << "at::" << F->getName().str() << ": " << Text;
      if (Known.IsOut)
        EXPECT_TRUE(Known.writesValues()) << F->getName().str();
    }
  EXPECT_GT(Count, 1000u);
}

TEST_F(Operations, EveryMemberThatGivesATensorIsListed) {
  for (const CXXMethodDecl *Method : methods())
    if (llvm::StringRef Name = Method->getName(); holdsTensors(Method->getReturnType()) &&
                                                  Method->isInstance() && !Name.starts_with("_") &&
                                                  !Name.contains("_backward"))
      EXPECT_TRUE(operationNamed(Method->getName()))
          << "Tensor::" << Method->getName().str()
          << " is listed in neither Operations.def nor OperationTraits.def";
}

TEST_F(Operations, TellViewsFromCopies) {
  for (llvm::StringRef Name : {"view", "select", "t", "transpose", "chunk", "detach", "data"})
    EXPECT_TRUE(operationNamed(Name).isView()) << Name.str();
  for (llvm::StringRef Name : {"contiguous", "to", "cpu", "reshape", "flatten", "index"}) {
    EXPECT_FALSE(operationNamed(Name).isView()) << Name.str();
    EXPECT_TRUE(operationNamed(Name).mayView()) << Name.str();
    EXPECT_FALSE(operationNamed(Name).alwaysCopies()) << Name.str();
  }
  for (llvm::StringRef Name : {"clone", "add", "cat", "stack", "index_select", "zeros"})
    EXPECT_TRUE(operationNamed(Name).alwaysCopies()) << Name.str();
}

TEST_F(Operations, TellWhatStartsAGraphAnew) {
  for (llvm::StringRef Name : {"zeros", "randn_like", "new_full", "from_blob", "detach", "data"})
    EXPECT_TRUE(operationNamed(Name).givesLeaf()) << Name.str();
  for (llvm::StringRef Name : {"eq", "argmax", "isfinite", "logical_not", "detach_"})
    EXPECT_TRUE(operationNamed(Name).has(CutsGraph)) << Name.str();
  // Their gradient is zero, but they record one.
  for (llvm::StringRef Name : {"sign", "floor", "bernoulli", "relu"})
    EXPECT_FALSE(operationNamed(Name).has(CutsGraph)) << Name.str();
}

TEST_F(Operations, TellWhatInPlaceWrites) {
  for (llvm::StringRef Name : {"add_", "zero_", "copy_", "op_of_a_later_version_", "add_out"})
    EXPECT_TRUE(operationNamed(Name).isInPlace() && operationNamed(Name).writesValues())
        << Name.str();
  for (llvm::StringRef Name : {"squeeze_", "t_", "as_strided_"})
    EXPECT_TRUE(operationNamed(Name).isInPlace() && !operationNamed(Name).writesValues())
        << Name.str();
  for (llvm::StringRef Name : {"requires_grad_", "detach_", "set_", "add", "__and__", "nothing"})
    EXPECT_FALSE(operationNamed(Name).isInPlace()) << Name.str();
  EXPECT_TRUE(operationNamed("add_out").IsOut);
  EXPECT_FALSE(operationNamed("add_out").is(Op::add));
  EXPECT_TRUE(operationNamed("add_").is(Op::add_));
}

TEST_F(Operations, TellWhatIsCalledForItsResult) {
  for (llvm::StringRef Name : {"to", "clamp", "squeeze", "detach", "relu", "size"})
    EXPECT_TRUE(operationNamed(Name).hasNoSideEffect()) << Name.str();
  for (llvm::StringRef Name : {"add_", "add_out", "item", "backward", "batch_norm", "nothing"})
    EXPECT_FALSE(operationNamed(Name).hasNoSideEffect()) << Name.str();
}

TEST(Operation, IsOfLibTorchAndAssignmentsToRvaluesCopy) {
  auto Unit = parse("namespace own { torch::Tensor relu(torch::Tensor x) { return x; } }"
                    "void f(torch::Tensor x, torch::Tensor y) {"
                    "  y = x.clone(); own::relu(x); x[0] = y; x.data() = y; std::move(x) = y; }");
  llvm::SmallVector<bool, 4> Copies, Known;
  const auto *F = test::find<FunctionDecl>(*Unit, "f");
  for (const Stmt *S : F->getBody()->children()) {
    const auto *E = cast<Expr>(S)->IgnoreImplicit();
    if (const auto *Assign = dyn_cast<CXXOperatorCallExpr>(E)) {
      Copies.push_back(copiesInto(Assign));
      if (const auto *Call = dyn_cast<CXXMemberCallExpr>(Assign->getArg(1)->IgnoreImplicit()))
        Known.push_back(operationOf(Call).is(Op::clone));
    } else {
      Known.push_back(bool(operationOf(cast<CallExpr>(E))));
    }
  }
  EXPECT_EQ(Copies, (llvm::SmallVector<bool, 4>{false, true, true, true}));
  EXPECT_EQ(Known, (llvm::SmallVector<bool, 4>{true, false}));
}

TEST(Operation, IsNamedWithItsNamespace) {
  // Newer ones have no <torch/linalg.h>.
  auto Unit = parse(
      "#if !__has_include(<torch/linalg.h>)\nnamespace torch::linalg { Tensor inv(const Tensor &); "
      "}\n#endif\n"
      "void f(torch::Tensor x) { torch::linalg::inv(x); torch::fft::rfft(x); torch::inverse(x); }");
  const auto *F = test::find<FunctionDecl>(*Unit, "f");
  std::string Names;
  for (const Stmt *S : F->getBody()->children())
    Names += nameOf(operationOf(cast<CallExpr>(cast<Expr>(S)->IgnoreImplicit())).Name).str() + " ";
  EXPECT_EQ(Names, "linalg_inv fft_rfft inverse ");
}

} // namespace
