#include "ParseSnippet.h"
#include "TestConfig.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Frontend/TextDiagnosticBuffer.h"
#include "clang/Tooling/Tooling.h"
#include <gtest/gtest.h>

namespace torchtidy::test {

std::unique_ptr<clang::ASTUnit> parse(llvm::StringRef Code) {
  std::vector<std::string> Flags{TORCHTIDY_TEST_FLAGS};
  Flags.insert(Flags.end(), {"-include-pch", TORCHTIDY_TEST_PREAMBLE, "-w"});
  clang::TextDiagnosticBuffer Diagnostics;
  std::unique_ptr<clang::ASTUnit> Unit = clang::tooling::buildASTFromCodeWithArgs(
      Code, Flags, "snippet.cpp", "clang++", std::make_shared<clang::PCHContainerOperations>(),
      clang::tooling::getClangStripDependencyFileAdjuster(), {}, &Diagnostics);
  for (auto I = Diagnostics.err_begin(); I != Diagnostics.err_end(); ++I)
    ADD_FAILURE() << "snippet does not compile: " << I->second;
  if (!Unit)
    ADD_FAILURE() << "snippet could not be parsed";
  else // as the driver does: LibTorch's headers are never walked through
    Unit->getASTContext().setTraversalScope({Unit->top_level_begin(), Unit->top_level_end()});
  return Unit;
}

namespace {
class Finder : public clang::RecursiveASTVisitor<Finder> {
public:
  explicit Finder(llvm::StringRef Name) : Name(Name) {}
  bool shouldVisitTemplateInstantiations() const { return false; }
  bool VisitNamedDecl(clang::NamedDecl *D) {
    if (D->isImplicit() || D->getQualifiedNameAsString() != Name)
      return true;
    // A definition is worth more than the forward declaration before it.
    if (auto *Record = llvm::dyn_cast<clang::CXXRecordDecl>(D); Record && Record->getDefinition())
      D = Record->getDefinition();
    Result = D;
    return false;
  }
  llvm::StringRef Name;
  const clang::NamedDecl *Result = nullptr;
};
} // namespace

const clang::NamedDecl *find(clang::ASTUnit &Unit, llvm::StringRef QualifiedName) {
  Finder Visitor(QualifiedName);
  for (auto I = Unit.top_level_begin(); I != Unit.top_level_end() && !Visitor.Result; ++I)
    Visitor.TraverseDecl(*I);
  return Visitor.Result;
}

} // namespace torchtidy::test
