#include "model/training/IdleGuards.h"
#include "model/facts/GradMode.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/CallWalk.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"
#include "model/training/GraphSources.h"
#include "model/training/ThreadStarts.h"
#include "model/training/TrainingCalls.h"
#include "clang/AST/StmtOpenMP.h"

using namespace clang;

namespace torchtidy {

namespace {

const CXXRecordDecl *guardClass(QualType Type) {
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  return gradGuardNamed(nameOf(Record)) && isLibTorchDecl(Record) ? Record : nullptr;
}

// --- temporaries and functions -------------------------------------------------------------------

const Expr *asStatement(const Stmt *S) {
  const auto *E = dyn_cast<Expr>(S);
  while (const auto *Cast = dyn_cast_or_null<CStyleCastExpr>(E ? E->IgnoreImplicit() : nullptr))
    E = Cast->getSubExpr(); // (void)
  return E ? stripValue(E) : nullptr;
}

// The guard that \p S declares and nothing else.
const VarDecl *asGuard(const Stmt *S) {
  const auto *Declaration = dyn_cast_or_null<DeclStmt>(S);
  const auto *Variable = Declaration && Declaration->isSingleDecl()
                             ? dyn_cast<VarDecl>(Declaration->getSingleDecl())
                             : nullptr;
  return Variable && Variable->hasLocalStorage() && guardClass(Variable->getType()) ? Variable
                                                                                    : nullptr;
}

// Some function in view calls \p Function and runs a model after it: its guard was meant for that.
bool isForCallers(const FunctionDecl *Function, const ProjectIndex &Index) {
  return llvm::any_of(Index.callsOf(Function), [](const ProjectIndex::CallSite &Site) {
    bool IsPast = false;
    return Site.In && anyDescendant<CallExpr>(Site.In->getBody(), [&](const CallExpr *Call) {
             IsPast |= Call == Site.Call;
             return IsPast && asModelRun(Call);
           });
  });
}

// A guard that its block ends with, or that is the whole branch of a condition. A function of
// nothing else is a place where code is to follow, unless callers take it for the guard.
void findLast(const FunctionDecl *Function, llvm::function_ref<const ProjectIndex &()> Index,
              llvm::function_ref<void(const IdleGuard &)> Visit) {
  const Stmt *Code = Function->getBody();
  const auto *Whole = dyn_cast<CompoundStmt>(Code);
  auto Ask = [&](const Stmt *S) {
    const VarDecl *Guard = asGuard(S);
    bool IsAll = Whole && Whole->size() == 1 && Whole->body_back() == S;
    if (Guard && (!IsAll || isForCallers(Function, Index())))
      Visit({IdleGuard::Last, Guard->getSourceRange(), Guard->getType()->getAsCXXRecordDecl()});
  };
  forEach<Stmt>(Code, [&](const Stmt *S) {
    if (const auto *Block = dyn_cast<CompoundStmt>(S); Block && !Block->body_empty())
      Ask(Block->body_back());
    if (const auto *If = dyn_cast<IfStmt>(S)) {
      Ask(If->getThen());
      Ask(If->getElse());
    }
  });
}

void findUnnamed(const Stmt *Code, llvm::function_ref<void(const IdleGuard &)> Visit) {
  forEach<CompoundStmt>(Code, [&](const CompoundStmt *Block) {
    for (const Stmt *S : Block->body()) {
      if (const Expr *E = asStatement(S)) {
        while (const auto *Cast = dyn_cast<CXXFunctionalCastExpr>(E))
          E = stripValue(Cast->getSubExpr()); // AutoGradMode(false)
        if (const CXXRecordDecl *Class = guardClass(E->getType());
            Class && isa<CXXConstructExpr, InitListExpr, CXXScalarValueInitExpr>(E))
          Visit({IdleGuard::Temporary, S->getSourceRange(), Class});
        continue;
      }
      if (const auto *Declaration = dyn_cast<DeclStmt>(S))
        for (const Decl *D : Declaration->decls())
          if (const auto *F = dyn_cast<FunctionDecl>(D))
            if (const CXXRecordDecl *Class = guardClass(F->getReturnType()))
              Visit({IdleGuard::Function, F->getSourceRange(), Class, F});
    }
  });
}

// --- modes that stay off -------------------------------------------------------------------------

// `GradMode::set_enabled(false)`; true: sets it to anything else.
std::optional<bool> setsMode(const Stmt *S) {
  const auto *E = dyn_cast_or_null<Expr>(S);
  const auto *Call = dyn_cast_or_null<CallExpr>(E ? stripValue(E) : nullptr);
  if (calleeName(Call) != "set_enabled" || Call->getNumArgs() != 1 ||
      !isLibTorchDecl(Call->getDirectCallee()))
    return std::nullopt;
  return boolLiteral(Call->getArg(0)) != false;
}

// Leaves the function between two statements of one block, the mode being off.
const Stmt *leavesBetween(const CompoundStmt *Block, size_t Off, size_t On,
                          const FunctionPaths &Paths) {
  const Stmt *Disable = stripValue(cast<Expr>(Block->body_begin()[Off]));
  auto IsBetween = [&](const Stmt *S) {
    for (size_t I = Off + 1; I < On; ++I)
      if (contains(Block->body_begin()[I], S))
        return true;
    return false;
  };
  return Paths.findAfter(
      Disable, [&](const Stmt *S) { return isa<ReturnStmt, CXXThrowExpr>(S) && IsBetween(S); },
      [](const Stmt *S) { return setsMode(S) == true; });
}

void findStayingOff(const FunctionDecl *Body, ControlFlowGraphs &Graphs,
                    llvm::function_ref<void(const IdleGuard &)> Visit) {
  if (Body->isMain())
    return; // after it nothing runs
  forEach<CompoundStmt>(
      Body->getBody(),
      [&](const CompoundStmt *Block) {
        for (size_t Off = 0; Off < Block->size(); ++Off) {
          if (setsMode(Block->body_begin()[Off]) != false)
            continue;
          for (size_t On = Off + 1; On < Block->size(); ++On) {
            if (setsMode(Block->body_begin()[On]) != true)
              continue;
            const FunctionPaths *Paths = Graphs.of(Body);
            const Stmt *Leaves = Paths ? leavesBetween(Block, Off, On, *Paths) : nullptr;
            const Stmt *Disable = Block->body_begin()[Off];
            if (Leaves)
              Visit({IdleGuard::StaysOff, Disable->getSourceRange(), nullptr, nullptr, Disable,
                     Leaves});
            break;
          }
        }
      },
      LambdaBodies::Skip);
}

// --- threads -------------------------------------------------------------------------------------

class GraphMaker {
public:
  GraphMaker(const ProjectIndex &Index, ASTContext &Context)
      : Sources(Index, Context), Calls(Index) {}

  /// A run of a model with parameters under \p Function without a guard; null where it trains.
  const CallExpr *runIn(const FunctionDecl *Function, unsigned Depth = 0) {
    const CallExpr *Found = nullptr;
    bool Trains = false;
    forEachCall(Function, [&](const CallExpr *Call, const UseContext &Where) {
      Trains |= runsBackward(Call);
      if (!Found && !isUnderNoGrad(Call, Where.AllParents))
        Found = runAt(Call, Depth);
    });
    return Trains ? nullptr : Found;
  }
  const CallExpr *runAt(const CallExpr *Call, unsigned Depth) {
    if (auto Run = asModelRun(Call)) {
      bool Records = Run->IsScript ? !Calls.FreezesScripts
                                   : !Sources.parametersMayBeFrozen() &&
                                         hasParameters(moduleOf(Run->Model->getType()));
      return Records ? Call : nullptr;
    }
    const FunctionDecl *Callee = visibleDefinition(calleeOf(Call));
    bool Follows = Callee && Depth < 3 && !isLibTorchDecl(Callee) && !isStdDecl(Callee);
    return Follows && runIn(Callee, Depth + 1) ? Call : nullptr;
  }

private:
  GraphSources Sources;
  TrainingCalls Calls;
};

// What turns gradients off where \p S stands, in its own function or around the calls of it.
const Stmt *guardOver(const Stmt *S, const FunctionDecl *Function, const ProjectIndex &Index,
                      ASTContext &Context) {
  llvm::SmallVector<const Stmt *, 16> Parents;
  walkUp(S, Context, [&](const DynTypedNode &Above) {
    if (const auto *Outer = Above.get<Stmt>())
      Parents.insert(Parents.begin(), Outer);
    return true;
  });
  const Stmt *Guard = noGradAround(S, Parents);
  for (const ProjectIndex::CallSite &Site : Index.callsOf(Function))
    if (!Guard && Site.In && Site.Call)
      forEachCall(Site.In, [&](const CallExpr *Call, const UseContext &Where) {
        if (Call == Site.Call)
          Guard = noGradAround(Call, Where.AllParents);
      });
  return Guard;
}

// A run in an OpenMP region that no guard of the region covers.
const CallExpr *runInRegion(const OMPExecutableDirective *Region, GraphMaker &Maker,
                            ASTContext &Context) {
  const CallExpr *Found = nullptr;
  forEach<CallExpr>(Region->getRawStmt(), [&](const CallExpr *Call) {
    llvm::SmallVector<const Stmt *, 16> Parents;
    walkUp(Call, Context, [&](const DynTypedNode &Above) {
      const auto *Outer = Above.get<Stmt>();
      if (Outer && Outer != Region)
        Parents.insert(Parents.begin(), Outer);
      return Outer != Region;
    });
    if (!Found && !isUnderNoGrad(Call, Parents))
      Found = Maker.runAt(Call, 0);
  });
  return Found;
}

void findThreads(const FunctionDecl *Function, ASTContext &Context,
                 llvm::function_ref<const ProjectIndex &()> Index,
                 llvm::function_ref<void(const IdleGuard &)> Visit) {
  std::optional<GraphMaker> Maker;
  for (const Stmt *Code : codeOf(Function))
    forEach<Stmt>(Code, [&](const Stmt *S) {
      const auto *Region = dyn_cast<OMPExecutableDirective>(S);
      bool IsRegion = Region && isOpenMPParallelDirective(Region->getDirectiveKind()) &&
                      Region->hasAssociatedStmt();
      llvm::ArrayRef<const Expr *> Arguments = threadStart(S);
      if (!IsRegion && Arguments.empty())
        return;
      const Stmt *Guard = guardOver(S, Function, Index(), Context);
      if (!Guard)
        return;
      if (!Maker)
        Maker.emplace(Index(), Context);
      if (IsRegion) {
        if (const CallExpr *Run = runInRegion(Region, *Maker, Context))
          Visit({IdleGuard::Thread, Run->getSourceRange(), nullptr, nullptr, Guard, nullptr, S});
        return;
      }
      ThreadBody Body = threadBodyOf(Arguments);
      for (const FunctionDecl *Runs : Body.Functions)
        if (const CallExpr *Run = Maker->runIn(Runs))
          return Visit({IdleGuard::Thread,
                        Body.Lambda ? Run->getSourceRange() : S->getSourceRange(), nullptr, nullptr,
                        Guard, nullptr, S, Body.Lambda});
    });
}

} // namespace

void forEachIdleGuard(const FunctionDecl *Function, ControlFlowGraphs &Graphs,
                      llvm::function_ref<const ProjectIndex &()> Index,
                      llvm::function_ref<void(const IdleGuard &)> Visit) {
  findUnnamed(Function->getBody(), Visit);
  findLast(Function, Index, Visit);
  findStayingOff(Function, Graphs, Visit);
  forEach<LambdaExpr>(Function->getBody(), [&](const LambdaExpr *Lambda) {
    for (const FunctionDecl *Body : lambdaBodies(Lambda))
      findStayingOff(Body, Graphs, Visit);
  });
  findThreads(Function, Graphs.context(), Index, Visit);
}

} // namespace torchtidy
