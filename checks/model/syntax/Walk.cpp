#include "model/syntax/Walk.h"
#include "model/syntax/Callee.h"

using namespace clang;

namespace torchtidy {

namespace {

class Walker {
public:
  Walker(llvm::function_ref<bool(const Stmt *)> Visit, LambdaBodies Lambdas)
      : Visit(Visit), Lambdas(Lambdas) {}

  // False when Visit ended the walk.
  bool walk(const Stmt *S) {
    if (!S)
      return true;
    if (!Visit(S))
      return false;
    if (const auto *Lambda = dyn_cast<LambdaExpr>(S))
      return walkAll(Lambda->capture_inits()) &&
             (Lambdas == LambdaBodies::Skip || walk(Lambda->getBody()));
    // The children of a range-for are what it is made of; the loop variable's initialiser is the
    // dereference of a hidden iterator.
    if (const auto *Range = dyn_cast<CXXForRangeStmt>(S))
      return walk(Range->getInit()) && Visit(Range->getLoopVarStmt()) &&
             walk(Range->getRangeInit()) && walk(Range->getBody());
    return walkAll(S->children());
  }

private:
  template <typename Range> bool walkAll(Range &&Parts) {
    for (const Stmt *Part : Parts)
      if (!walk(Part))
        return false;
    return true;
  }

  llvm::function_ref<bool(const Stmt *)> Visit;
  const LambdaBodies Lambdas;
};

} // namespace

bool walk(const Stmt *Root, llvm::function_ref<bool(const Stmt *)> Visit, LambdaBodies Lambdas) {
  return Walker(Visit, Lambdas).walk(Root);
}

bool contains(const Stmt *Outer, const Stmt *Inner) {
  return Inner && anyDescendant<Stmt>(Outer, [&](const Stmt *S) { return S == Inner; });
}

const InitListExpr *listIn(const Stmt *Root) {
  const InitListExpr *Found = nullptr;
  (void)anyDescendant<InitListExpr>(Root, [&](const InitListExpr *List) {
    Found = List;
    return true;
  });
  return Found;
}

bool mentions(const Stmt *Root, const ValueDecl *D) {
  return D && anyDescendant<Expr>(Root, [&](const Expr *E) {
           if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
             return Ref->getDecl() == D;
           const auto *Member = dyn_cast<MemberExpr>(E);
           return Member && Member->getMemberDecl() == D;
         });
}

llvm::SmallVector<const Stmt *, 4> codeOf(const FunctionDecl *Function) {
  llvm::SmallVector<const Stmt *, 4> Code;
  const FunctionDecl *Definition = visibleDefinition(Function);
  if (!Definition)
    return Code;
  if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Definition))
    for (const CXXCtorInitializer *Init : Constructor->inits())
      if (Init->isWritten())
        Code.push_back(Init->getInit());
  Code.push_back(Definition->getBody());
  return Code;
}

llvm::SmallVector<const Expr *, 2> returnsOf(const FunctionDecl *Function) {
  llvm::SmallVector<const Expr *, 2> Values;
  if (const FunctionDecl *Definition = visibleDefinition(Function))
    forEach<ReturnStmt>(
        Definition->getBody(),
        [&](const ReturnStmt *Return) {
          if (Return->getRetValue())
            Values.push_back(Return->getRetValue());
        },
        LambdaBodies::Skip);
  return Values;
}

} // namespace torchtidy
