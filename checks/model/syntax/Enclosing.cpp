#include "model/syntax/Enclosing.h"
#include "model/syntax/Loops.h"
#include "clang/AST/ParentMapContext.h"

using namespace clang;

namespace torchtidy {

void walkUp(const DynTypedNode &Node, ASTContext &Context,
            llvm::function_ref<bool(const DynTypedNode &)> Visit) {
  // Several parents are several spellings of one place: an initialiser list in its two forms.
  DynTypedNodeList Parents = Context.getParents(Node);
  while (!Parents.empty()) {
    DynTypedNode Above = Parents[0];
    if (!Visit(Above))
      return;
    Parents = Context.getParents(Above);
  }
}

const Stmt *parentStmt(const Stmt *S, ASTContext &Context) {
  const Stmt *Found = nullptr;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    Found = Above.get<Stmt>();
    return !Found && Above.get<VarDecl>();
  });
  return Found;
}

const Stmt *loopAround(const Stmt *S, ASTContext &Context) {
  const Stmt *Found = nullptr;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    const auto *Outer = Above.get<Stmt>();
    if (isLoop(Outer))
      Found = Outer;
    return !Found && !Above.get<FunctionDecl>() && !Above.get<LambdaExpr>();
  });
  return Found;
}

bool isStatement(const Expr *E, ASTContext &Context) {
  const Stmt *Child = E;
  bool Answer = false;
  walkUp(E, Context, [&](const DynTypedNode &Above) {
    const auto *Parent = Above.get<Stmt>();
    if (isa_and_nonnull<FullExpr, CXXBindTemporaryExpr>(Parent)) {
      Child = Parent;
      return true;
    }
    if (const auto *If = dyn_cast_or_null<IfStmt>(Parent))
      Answer = If->getThen() == Child || If->getElse() == Child;
    else if (const auto *For = dyn_cast_or_null<ForStmt>(Parent))
      Answer = For->getBody() == Child;
    else if (const auto *While = dyn_cast_or_null<WhileStmt>(Parent))
      Answer = While->getBody() == Child;
    else if (const auto *Do = dyn_cast_or_null<DoStmt>(Parent))
      Answer = Do->getBody() == Child;
    else
      Answer = isa_and_nonnull<CompoundStmt, CXXForRangeStmt, LabelStmt, SwitchCase>(Parent);
    return false;
  });
  return Answer;
}

const FunctionDecl *innermostFunction(const Stmt *S, ASTContext &Context) {
  return enclosing<FunctionDecl>(S, Context);
}

const FunctionDecl *functionAround(const Stmt *S, ASTContext &Context) {
  const FunctionDecl *Found = nullptr;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    const auto *Function = Above.get<FunctionDecl>();
    if (Function && !isLambdaBody(Function))
      Found = Function;
    return !Found;
  });
  return Found;
}

const CXXForRangeStmt *rangeLoopOf(const VarDecl *Variable, ASTContext &Context) {
  if (!Variable->isCXXForRangeDecl())
    return nullptr;
  return enclosing<CXXForRangeStmt>(Variable, Context);
}

bool isLambdaBody(const FunctionDecl *F) {
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(F);
  return Method && Method->getParent()->isLambda();
}

const FunctionDecl *outOfLambda(const FunctionDecl *F) {
  while (isLambdaBody(F)) {
    const DeclContext *Ctx = cast<CXXMethodDecl>(F)->getParent()->getDeclContext();
    while (Ctx && !isa<FunctionDecl>(Ctx))
      Ctx = Ctx->getParent();
    F = cast_or_null<FunctionDecl>(Ctx);
  }
  return F;
}

const CXXRecordDecl *enclosingClass(const Decl *D) {
  for (const DeclContext *Ctx = D ? D->getDeclContext() : nullptr; Ctx; Ctx = Ctx->getParent())
    if (const auto *Method = dyn_cast<CXXMethodDecl>(Ctx); Method && !isLambdaBody(Method))
      return Method->getParent();
  const auto *Method = dyn_cast_or_null<CXXMethodDecl>(D);
  return Method && !isLambdaBody(Method) ? Method->getParent() : nullptr;
}

bool isDependent(const Decl *D) {
  for (const DeclContext *Ctx = D ? D->getDeclContext() : nullptr; Ctx; Ctx = Ctx->getParent())
    if (Ctx->isDependentContext())
      return true;
  return false;
}

} // namespace torchtidy
