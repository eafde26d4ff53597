#include "model/paths/FunctionPaths.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

// fail("…"), which throws whatever it is given and is not marked [[noreturn]].
static bool alwaysThrows(const FunctionDecl *Function) {
  const auto *Body = Function ? dyn_cast<CompoundStmt>(Function->getBody()) : nullptr;
  if (!Body || Body->body_empty())
    return false;
  const auto *Last = dyn_cast<Expr>(Body->body_back());
  const Stmt *Thrown = Last ? Last->IgnoreImplicit() : nullptr;
  const FunctionDecl *Called = calleeOf(Thrown);
  bool Ends = isa_and_nonnull<CXXThrowExpr>(Thrown) || (Called && Called->isNoReturn());
  return Ends && !anyDescendant<ReturnStmt>(
                     Body, [](const ReturnStmt *) { return true; }, LambdaBodies::Skip);
}

bool endsPath(const Stmt *S) {
  if (isa<CXXThrowExpr>(S))
    return true;
  // Bodies of libraries are not read for each call.
  if (const FunctionDecl *Callee = calleeOf(S))
    return !isLibTorchDecl(Callee) && !isStdDecl(Callee) && alwaysThrows(visibleDefinition(Callee));
  const auto *Temporary = dyn_cast<CXXBindTemporaryExpr>(S);
  const CXXRecordDecl *Record = Temporary ? Temporary->getType()->getAsCXXRecordDecl() : nullptr;
  return Record && Record->hasDefinition() && Record->isAnyDestructorNoReturn();
}

std::unique_ptr<FunctionPaths> FunctionPaths::build(const FunctionDecl &Function,
                                                    ASTContext &Context) {
  const FunctionDecl *Definition = nullptr;
  Stmt *Body = Function.getBody(Definition);
  if (!Body || Function.isDependentContext())
    return nullptr;
  CFG::BuildOptions Options;
  Options.setAllAlwaysAdd();
  Options.AddInitializers = true;
  Options.AddCXXDefaultInitExprInCtors = true;
  auto Paths = std::make_unique<FunctionPaths>();
  Paths->Graph = CFG::buildCFG(Definition, Body, &Context, Options);
  return Paths->Graph ? std::move(Paths) : nullptr;
}

std::optional<FunctionPaths::Place> FunctionPaths::placeOf(const Stmt *S) const {
  if (Places.empty())
    for (const CFGBlock *Block : *Graph) {
      size_t Index = 0;
      for (const CFGElement &Element : *Block) {
        if (auto Statement = Element.getAs<CFGStmt>())
          Places.try_emplace(Statement->getStmt(), Block, Index);
        ++Index;
      }
    }
  auto It = Places.find(S);
  return It == Places.end() ? std::nullopt : std::optional<Place>(It->second);
}

const FunctionPaths *ControlFlowGraphs::of(const FunctionDecl *Function) {
  const FunctionDecl *Definition = nullptr;
  if (!Function || !Function->hasBody(Definition))
    return nullptr;
  auto [It, New] = Graphs.try_emplace(Definition);
  if (New)
    It->second = FunctionPaths::build(*Definition, Context);
  return It->second.get();
}

void FunctionPaths::walk(const Stmt *From, llvm::function_ref<bool(const Stmt *)> Step,
                         llvm::function_ref<void(const CFGBlock *)> Leave) const {
  std::optional<Place> Start = placeOf(From);
  if (!Start)
    return;
  llvm::SmallVector<Place, 16> Todo{{Start->first, Start->second + 1}};
  llvm::SmallPtrSet<const CFGBlock *, 16> Seen;
  while (!Todo.empty()) {
    auto [Block, First] = Todo.pop_back_val();
    size_t Index = 0;
    bool Stopped = false;
    for (const CFGElement &Element : *Block) {
      if (Index++ < First)
        continue;
      auto Statement = Element.getAs<CFGStmt>();
      if (Statement && Step(Statement->getStmt())) {
        Stopped = true;
        break;
      }
    }
    if (Stopped)
      continue;
    for (const CFGBlock *Next : Block->succs()) {
      if (!Next)
        continue;
      if (Next == &Graph->getExit())
        Leave(Block);
      else if (Seen.insert(Next).second)
        Todo.push_back({Next, 0});
    }
  }
}

const Stmt *FunctionPaths::findAfter(const Stmt *From, StmtPredicate Wanted,
                                     StmtPredicate Stop) const {
  const Stmt *Found = nullptr;
  walk(
      From,
      [&](const Stmt *Statement) {
        if (Found || Stop(Statement))
          return true;
        if (Wanted(Statement))
          Found = Statement;
        return Found != nullptr;
      },
      [](const CFGBlock *) {});
  return Found;
}

FunctionPaths::Exit FunctionPaths::exitAfter(const Stmt *From, StmtPredicate Stop) const {
  Exit Result;
  walk(From, Stop, [&](const CFGBlock *Block) {
    if (Block->hasNoReturnElement())
      return;
    const Stmt *Last = nullptr;
    for (const CFGElement &Element : *Block)
      if (auto Statement = Element.getAs<CFGStmt>()) {
        Last = Statement->getStmt();
        if (endsPath(Last))
          return;
      }
    // A return in view explains more than the end of the body.
    if (Result.Reached && Result.Return)
      return;
    Result.Reached = true;
    Result.Return = dyn_cast_or_null<ReturnStmt>(Last);
  });
  return Result;
}

} // namespace torchtidy
