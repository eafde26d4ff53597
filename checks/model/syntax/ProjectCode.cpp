#include "model/syntax/ProjectCode.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Names.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

namespace {

constexpr llvm::StringLiteral Runtime = "torchtidy";

bool isLibraryNamespace(llvm::StringRef Name) {
  static constexpr llvm::StringRef Names[] = {
      "torch", "at",        "c10", "c10d", "caffe2", Runtime, // LibTorch and what extends it
      "std",   "__gnu_cxx",                                   // standard libraries
      "Eigen", "boost",     "cv",  "fmt",  "google", "pybind11", "testing"};
  return llvm::is_contained(Names, Name);
}

} // namespace

bool isProjectCode(const Decl *D, const SourceManager &Sources) {
  SourceLocation Loc = Sources.getExpansionLoc(D->getLocation());
  if (Loc.isValid() && Sources.isInMainFile(Loc))
    return true;
  if (Loc.isValid() && Sources.isInSystemHeader(Loc))
    return false;
  return !isLibraryNamespace(outermostNamespace(D));
}

bool isInMainFile(const Decl *D) {
  return D->getASTContext().getSourceManager().isInMainFile(D->getLocation());
}

bool isProjectFunction(const FunctionDecl *Function, const SourceManager &Sources) {
  return Function->doesThisDeclarationHaveABody() && !Function->isImplicit() &&
         !Function->isDependentContext() && !Function->isDefaulted() && !Function->isDeleted() &&
         !isLambdaBody(Function) && isProjectCode(Function, Sources);
}

void forEachProjectDecl(ASTContext &Context, llvm::function_ref<void(Decl *)> Visit) {
  const SourceManager &Sources = Context.getSourceManager();
  auto VisitOwn = [&](Decl *D) {
    if (isProjectCode(D, Sources) || outermostNamespace(D) == Runtime)
      Visit(D);
  };
  for (Decl *Top : Context.getTraversalScope()) {
    if (auto *Unit = dyn_cast<TranslationUnitDecl>(Top))
      llvm::for_each(Unit->decls(), VisitOwn);
    else
      VisitOwn(Top);
  }
}

void forEachMainFileBody(ASTContext &Context, llvm::function_ref<void(const Stmt *)> Visit) {
  auto VisitScope = [&](auto &&Self, const DeclContext *Scope) -> void {
    for (const Decl *D : Scope->noload_decls()) {
      if (!isInMainFile(D))
        continue;
      if (const auto *Function = dyn_cast<FunctionDecl>(D)) {
        if (Function->doesThisDeclarationHaveABody())
          llvm::for_each(codeOf(Function), Visit);
      } else if (const auto *Template = dyn_cast<FunctionTemplateDecl>(D)) {
        if (const Stmt *Body = Template->getTemplatedDecl()->getBody())
          Visit(Body);
      } else if (const auto *Template = dyn_cast<ClassTemplateDecl>(D)) {
        Self(Self, Template->getTemplatedDecl());
      } else if (isa<NamespaceDecl, LinkageSpecDecl, CXXRecordDecl>(D)) {
        Self(Self, cast<DeclContext>(D));
      }
    }
  };
  VisitScope(VisitScope, Context.getTranslationUnitDecl());
}

} // namespace torchtidy
