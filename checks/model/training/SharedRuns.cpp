#include "model/training/SharedRuns.h"
#include "model/facts/ForwardReach.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Walk.h"
#include "model/torch/Types.h"
#include "model/training/ThreadStarts.h"
#include "model/training/TrainingCalls.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isAtomic(QualType Type) { return isStdNamed(Type->getAsCXXRecordDecl(), {"atomic"}); }

bool locks(const Stmt *Code) {
  return anyDescendant<Expr>(Code, [](const Expr *E) {
    if (const auto *Construct = dyn_cast<CXXConstructExpr>(E))
      return isStdNamed(Construct->getConstructor()->getParent(),
                        {"lock_guard", "unique_lock", "scoped_lock", "shared_lock"});
    return isa<CXXMemberCallExpr>(E) && (calleeName(E) == "lock" || calleeName(E) == "acquire");
  });
}

// The loop around S, outside of which D is declared; null for none.
const Stmt *roundsOver(const Stmt *S, const ValueDecl *D, ASTContext &Context) {
  const Stmt *Found = loopAround(S, Context);
  const SourceManager &SM = Context.getSourceManager();
  if (Found && SM.isPointWithin(D->getLocation(), Found->getBeginLoc(), Found->getEndLoc()))
    return nullptr;
  return Found;
}

// `thread.join()`, `result.get()`: what was started has ended.
bool waits(const Stmt *Code, llvm::function_ref<bool(SourceLocation)> IsThere) {
  return anyDescendant<CXXMemberCallExpr>(Code, [&](const CXXMemberCallExpr *Call) {
    const CXXRecordDecl *Class =
        Call->getMethodDecl() ? Call->getMethodDecl()->getParent() : nullptr;
    return isStdNamed(Class, {"thread", "jthread", "future", "shared_future", "__basic_future",
                              "latch"}) &&
           llvm::is_contained({"join", "get", "wait"}, calleeName(Call)) &&
           IsThere(Call->getBeginLoc());
  });
}

// What forward() of Module writes to members of the module, at any depth of its own calls.
// `if (is_training()) …`
bool isOfTraining(const Stmt *Write, ASTContext &Context) {
  const auto *If = enclosing<IfStmt>(Write, Context);
  return If && anyDescendant<CallExpr>(If->getCond(), [](const CallExpr *Call) {
           return calleeName(Call) == "is_training";
         });
}
struct MemberWritten {
  const Stmt *Write = nullptr;
  const FieldDecl *Field = nullptr;
  bool IsOfTraining = false;
};
MemberWritten writtenByForward(const CXXRecordDecl *Module) {
  MemberWritten Found;
  if (!Module || isLibTorchDecl(Module))
    return Found;
  for (const CXXMethodDecl *Method : visibleMethods(Module)) {
    if (nameOf(Method) != "forward")
      continue;
    for (const auto &[Function, Call] : reachFrom({Method})) {
      if (locks(Function->getBody()))
        return {};
      forEach<Stmt>(
          Function->getBody(),
          [&](const Stmt *S) {
            const Expr *Target = Found.Write ? nullptr : writtenBy(S);
            if (const FieldDecl *Field = Target ? fieldOfThis(Target) : nullptr;
                Field && !isAtomic(Field->getType()))
              Found = {S, Field, isOfTraining(S, Module->getASTContext())};
          },
          LambdaBodies::Skip);
    }
  }
  return Found;
}

} // namespace

void forEachSharedRun(const FunctionDecl *Function,
                      llvm::function_ref<const ProjectIndex &()> Index, ASTContext &Context,
                      llvm::function_ref<void(const SharedRun &)> Visit) {
  llvm::DenseMap<const ValueDecl *, SourceLocation> Starts; // the first of each
  forEach<Expr>(Function->getBody(), [&](const Expr *Start) {
    llvm::ArrayRef<const Expr *> Arguments = threadStart(Start);
    const LambdaExpr *Lambda = Arguments.empty() ? nullptr : threadBodyOf(Arguments).Lambda;
    if (!Lambda || locks(Lambda->getBody()))
      return;
    llvm::DenseSet<const ValueDecl *> Here;
    forEach<CallExpr>(Lambda->getBody(), [&](const CallExpr *Call) {
      auto Run = asModelRun(Call);
      const ValueDecl *Model = Run && !Run->IsScript ? namedDecl(stripOwner(Run->Model)) : nullptr;
      const SourceManager &SM = Context.getSourceManager();
      if (!Model || !isa<VarDecl, FieldDecl>(Model) ||
          SM.isPointWithin(Model->getLocation(), Lambda->getBeginLoc(), Lambda->getEndLoc()) ||
          !Here.insert(Model).second)
        return;
      const Stmt *Loop = roundsOver(Start, Model, Context);
      if (Loop ? waits(Loop, [](SourceLocation) { return true; })
               : !Starts.try_emplace(Model, Start->getBeginLoc()).second &&
                     waits(Function->getBody(), [&](SourceLocation At) {
                       return SM.isPointWithin(At, Starts[Model], Start->getBeginLoc());
                     }))
        return;
      if (!Loop && Starts[Model] == Start->getBeginLoc())
        return;
      const CXXRecordDecl *Module = moduleOf(stripOwner(Run->Model)->getType());
      SharedRun Found{Call, Model, Start};
      MemberWritten Written = writtenByForward(Module);
      Found.Write = Written.Write;
      Found.Field = Written.Field;
      if (Written.IsOfTraining && !TrainingCalls(Index()).Modes.empty())
        return;
      if (!Found.Write && !isa<ParmVarDecl>(Model)) {
        Found.Layer = statisticsLayer(Module);
        if (!Found.Layer.empty() && !TrainingCalls(Index()).Modes.empty())
          return;
      }
      if (Found.Write || !Found.Layer.empty())
        Visit(Found);
    });
  });
}

} // namespace torchtidy
