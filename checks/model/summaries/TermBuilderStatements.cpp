// Statements: loops, switches, declarations.
#include "model/summaries/TermBuilder.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/SourceText.h"
#include "model/syntax/Walk.h"
#include "model/torch/ModuleExprs.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace clang;

namespace torchtidy {

Term TermBuilder::forRange(const CXXForRangeStmt *S) {
  const VarDecl *Variable = S->getLoopVariable();
  const CXXRecordDecl *Range = S->getRangeInit()->getType()->getAsCXXRecordDecl();
  Term Through = expression(S->getRangeInit());
  if (isStdNamed(Range, {"map", "set"}))
    Through = Term(TermKind::Operator, "sorted", {std::move(Through)});
  else if (Range && isStdDecl(Range) && nameOf(Range).starts_with("unordered_"))
    Through = Term(TermKind::Operator, "in any order", {std::move(Through)});
  Term T(TermKind::ForEach, nameOf(Variable).str(), {std::move(Through), statement(S->getBody())},
         idOf(Variable), Variable->getType()->isReferenceType() ? "&" : "", lineOf(S));
  if (!S->getInit())
    return T;
  return Term(TermKind::Block, "", {statement(S->getInit()), std::move(T)});
}

// `do body while (condition);` as `for (first = 1; first || condition; first = 0) body`
Term TermBuilder::doLoop(const DoStmt *S) {
  std::string Text = onOneLine(S->getCond(), Context);
  int64_t Id = idOf(S);
  auto IsFirst = [&] { return Term(TermKind::Name, "", {}, Id); };
  return Term(
      TermKind::For, Text,
      {Term(TermKind::Let, "", {Term(TermKind::Integer, "", {}, 1)}, Id),
       Term(TermKind::Operator, "||", {IsFirst(), expression(S->getCond())}, 0, "the first round"),
       Term(TermKind::Assign, "", {IsFirst(), Term(TermKind::Integer)}), statement(S->getBody())},
      0, "", lineOf(S));
}

// Of a loop, which declares the variable anew in each round.
Term TermBuilder::condition(const VarDecl *Variable, const Expr *Condition) {
  if (!Variable)
    return expression(Condition);
  return Term(TermKind::Block, "",
              {let(Variable, expression(Variable->getInit())), expression(Condition)});
}

Term TermBuilder::switchOf(const SwitchStmt *S) {
  Term T(TermKind::Switch, onOneLine(S->getCond(), Context), {expression(S->getCond())});
  auto Add = [&](const Stmt *Child) {
    const auto *Case = dyn_cast<SwitchCase>(Child);
    if (Case) {
      Term Section(TermKind::Block, "", {Term(TermKind::List), Term(TermKind::Block)});
      for (; Case; Child = Case->getSubStmt(), Case = dyn_cast<SwitchCase>(Child)) {
        const auto *Label = dyn_cast<CaseStmt>(Case);
        Section.Number |= !Label;
        Section.Text += (Section.Text.empty() ? "" : " or ") +
                        (Label ? onOneLine(Label->getLHS(), Context) : "something else");
        if (Label)
          Section.Parts[0].Parts.push_back(Label->caseStmtIsGNURange()
                                               ? Term(TermKind::Unknown, "which case it is")
                                               : expression(Label->getLHS()));
      }
      T.Parts.push_back(std::move(Section));
    }
    if (T.Parts.size() > 1)
      T.Parts.back().Parts[1].Parts.push_back(statement(Child));
  };
  if (const auto *Body = dyn_cast<CompoundStmt>(S->getBody()))
    for (const Stmt *Child : Body->body())
      Add(Child);
  else
    Add(S->getBody());
  // A case inside of another statement: any of it may run.
  size_t Cases = 0, Found = 0;
  for (const SwitchCase *Case = S->getSwitchCaseList(); Case; Case = Case->getNextSwitchCase())
    ++Cases;
  for (const Term &Section : llvm::drop_begin(T.Parts))
    Found += Section.Parts[0].Parts.size() + size_t(Section.Number);
  if (Found != Cases)
    T = Term(TermKind::If, T.Text,
             {Term(TermKind::Unknown, T.Text), statement(S->getBody()), Term(TermKind::Block)});
  Term Result(TermKind::Block);
  if (S->getInit())
    Result.Parts.push_back(statement(S->getInit()));
  if (const VarDecl *V = S->getConditionVariable())
    Result.Parts.push_back(let(V, expression(V->getInit())));
  if (Result.Parts.empty())
    return T;
  Result.Parts.push_back(std::move(T));
  return Result;
}

Term TermBuilder::body(const Stmt *Body) {
  Term T = statement(Body);
  const Stmt *Jump = nullptr;
  walk(
      Body,
      [&](const Stmt *S) {
        if (isa<GotoStmt, IndirectGotoStmt>(S))
          Jump = S;
        return !Jump;
      },
      LambdaBodies::Skip);
  if (!Jump)
    return T;
  Term Again(TermKind::Unknown,
             "where the goto of line " + std::to_string(lineOf(Jump)) + " leads");
  return Term(TermKind::For, "",
              {Term(TermKind::Block), std::move(Again), Term(TermKind::Block), std::move(T)});
}

Term TermBuilder::statement(const Stmt *S) {
  Term Result(TermKind::Block);
  if (!S)
    return Result;
  if (const auto *E = dyn_cast<Expr>(S))
    return expression(E);
  if (Depth >= MaxCodeDepth)
    return tooDeep();
  llvm::SaveAndRestore Deeper(Depth, Depth + 1);
  if (const auto *Declared = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : Declared->decls())
      if (const auto *V = dyn_cast<VarDecl>(D))
        Result.Parts.push_back(
            let(V, V->getInit() ? expression(V->getInit()) : defaultOf(V->getType(), lineOf(S))));
    return Result.Parts.size() == 1 ? std::move(Result.Parts[0]) : Result;
  }
  if (const auto *If = dyn_cast<IfStmt>(S)) {
    if (If->getInit())
      Result.Parts.push_back(statement(If->getInit()));
    if (const VarDecl *V = If->getConditionVariable())
      Result.Parts.push_back(let(V, expression(V->getInit())));
    Result.Parts.push_back(
        Term(TermKind::If, onOneLine(If->getCond(), Context),
             {expression(If->getCond()), statement(If->getThen()), statement(If->getElse())}));
    return Result;
  }
  if (const auto *For = dyn_cast<ForStmt>(S)) {
    Term Condition = For->getCond() ? condition(For->getConditionVariable(), For->getCond())
                                    : Term(TermKind::Integer, "", {}, 1);
    return Term(TermKind::For, For->getCond() ? onOneLine(For->getCond(), Context) : "",
                {statement(For->getInit()), std::move(Condition), statement(For->getInc()),
                 statement(For->getBody())});
  }
  if (const auto *While = dyn_cast<WhileStmt>(S))
    return Term(TermKind::For, onOneLine(While->getCond(), Context),
                {Term(TermKind::Block), condition(While->getConditionVariable(), While->getCond()),
                 Term(TermKind::Block), statement(While->getBody())});
  if (const auto *Range = dyn_cast<CXXForRangeStmt>(S))
    return forRange(Range);
  if (const auto *Return = dyn_cast<ReturnStmt>(S)) {
    if (const Expr *Value = Return->getRetValue())
      Result.Parts.push_back(expression(Value));
    Result.Is = TermKind::Return;
    return Result;
  }
  if (isa<BreakStmt, ContinueStmt>(S))
    return Term(TermKind::Leave, isa<BreakStmt>(S) ? "break" : "continue");
  if (isa<GotoStmt, IndirectGotoStmt>(S))
    return Term(TermKind::Leave, "goto", {}, 0,
                "the goto of line " + std::to_string(lineOf(S)) + " leads past it");
  if (const auto *Try = dyn_cast<CXXTryStmt>(S)) {
    Result.Parts.push_back(statement(Try->getTryBlock()));
    for (unsigned I = 0; I < Try->getNumHandlers(); ++I)
      Result.Parts.push_back(
          Term(TermKind::If, "it throws",
               {Term(TermKind::Unknown, "whether it throws"),
                statement(Try->getHandler(I)->getHandlerBlock()), Term(TermKind::Block)}));
    return Result;
  }
  if (const auto *Switch = dyn_cast<SwitchStmt>(S))
    return switchOf(Switch);
  if (const auto *Do = dyn_cast<DoStmt>(S))
    return doLoop(Do);
  if (const auto *Case = dyn_cast<SwitchCase>(S))
    return statement(Case->getSubStmt());
  for (const Stmt *Child : S->children())
    if (Child)
      Result.Parts.push_back(statement(Child));
  return Result;
}

} // namespace torchtidy
