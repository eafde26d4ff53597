#include "model/syntax/CallWalk.h"

using namespace clang;

namespace torchtidy {

namespace {

template <typename OnCall> class Walker : public RecursiveASTVisitor<Walker<OnCall>> {
  using Base = RecursiveASTVisitor<Walker<OnCall>>;

public:
  explicit Walker(OnCall Visit) : Visit(Visit) {}

  void walk(const FunctionDecl *Function) {
    Frames.push_back({Function, nullptr});
    if (const auto *Constructor = dyn_cast<CXXConstructorDecl>(Function))
      for (CXXCtorInitializer *Init : Constructor->inits())
        if (Init->isWritten())
          TraverseStmt(Init->getInit());
    TraverseStmt(Function->getBody());
    Frames.pop_back();
  }

  bool TraverseStmt(Stmt *S) {
    if (!S)
      return true;
    if (auto *Lambda = dyn_cast<LambdaExpr>(S))
      return lambda(Lambda);
    // Visited before its parts; no queue, so that the stack of parents is right.
    if (auto *Call = dyn_cast<CallExpr>(S); Call && !Call->isTypeDependent())
      Visit(Call, UseContext{Frames, llvm::ArrayRef(Parents).drop_front(BodyStart), Parents});
    Parents.push_back(S);
    bool Go = Base::TraverseStmt(S);
    Parents.pop_back();
    return Go;
  }
  bool TraverseDecl(Decl *D) {
    // Local classes have functions of their own.
    if (isa_and_nonnull<CXXRecordDecl>(D))
      return true;
    return Base::TraverseDecl(D);
  }

private:
  bool lambda(LambdaExpr *Lambda) {
    llvm::SmallVector<const FunctionDecl *, 2> Bodies;
    if (const FunctionTemplateDecl *Template =
            Lambda->getLambdaClass()->getDependentLambdaCallOperator())
      Bodies.append(Template->spec_begin(), Template->spec_end());
    else
      Bodies.push_back(Lambda->getCallOperator());
    size_t OuterStart = BodyStart;
    Parents.push_back(Lambda);
    BodyStart = Parents.size();
    for (const FunctionDecl *Body : Bodies) {
      if (!Body->hasBody())
        continue;
      Frames.push_back({Body, Lambda});
      TraverseStmt(Body->getBody());
      Frames.pop_back();
    }
    Parents.pop_back();
    BodyStart = OuterStart;
    return true;
  }

  OnCall Visit;
  llvm::SmallVector<BodyFrame, 4> Frames;
  llvm::SmallVector<const Stmt *, 16> Parents;
  size_t BodyStart = 0; // where the innermost body begins in Parents
};

} // namespace

void forEachCall(const FunctionDecl *Function, CallFn Visit) {
  Walker<CallFn> W(Visit);
  W.walk(Function);
}

const Expr *wrappableStatement(const CallExpr *Call, const UseContext &Context) {
  const Stmt *Below = Call, *Found = nullptr;
  for (size_t I = Context.Parents.size(); I-- > 0; Below = Context.Parents[I]) {
    const Stmt *Parent = Context.Parents[I];
    if (isa<CompoundStmt>(Parent))
      return dyn_cast<Expr>(Found ? Found : Below);
    if (const auto *If = dyn_cast<IfStmt>(Parent)) {
      // Another `if` in front would take over the `else`.
      if (If->getElse() || If->getThen() != Below)
        return nullptr;
    } else if (const auto *For = dyn_cast<ForStmt>(Parent)) {
      if (For->getBody() != Below)
        return nullptr;
    } else if (const auto *Range = dyn_cast<CXXForRangeStmt>(Parent)) {
      if (Range->getBody() != Below)
        return nullptr;
    } else if (!isa<Expr>(Parent)) {
      return nullptr;
    } else {
      continue;
    }
    Found = Found ? Found : Below;
  }
  return nullptr;
}

} // namespace torchtidy
