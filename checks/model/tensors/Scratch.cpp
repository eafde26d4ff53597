#include "model/tensors/Scratch.h"
#include "model/paths/PathGuards.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Walk.h"
#include "model/tensors/Parameters.h"
#include "model/torch/Operations.h"

using namespace clang;

namespace torchtidy {

namespace {

class ScratchQuestion {
public:
  ScratchQuestion(const FieldDecl *Field, const Reach &Forward, ControlFlowGraphs &Graphs)
      : Field(Field), Forward(Forward), Guards(Graphs) {}

  bool isScratch() {
    bool Written = false;
    for (const auto &Reached : Forward) {
      const FunctionDecl *Function = Reached.first;
      llvm::SmallPtrSet<const Expr *, 4> Targets;
      forEach<Expr>(Function->getBody(), [&](const Expr *E) {
        if (const Expr *Target = written(E))
          Targets.insert(Target);
      });
      Written |= !Targets.empty();
      bool ReadFirst = anyDescendant<MemberExpr>(Function->getBody(), [&](const MemberExpr *Read) {
        return fieldOfThis(Read) == Field && !Targets.contains(Read) &&
               !isWrittenBefore(Function, Read, 0);
      });
      if (ReadFirst)
        return false;
    }
    return Written;
  }

private:
  // The member behind `m[0]`, `m.slice(..)` in what S writes without reading it; else null.
  const Expr *written(const Stmt *S) const {
    const Expr *Target = nullptr;
    if (const auto *Operator = dyn_cast<CXXOperatorCallExpr>(S)) {
      if (copiesInto(Operator) || asPlainAssignment(Operator))
        Target = Operator->getArg(0);
    } else if (const auto *Call = dyn_cast<CallExpr>(S)) {
      Operation Called = operationOf(Call);
      bool Gives = Called.IsOut || Called.has(Fills) || Called.is(Op::copy_) ||
                   Called.is(Op::index_put_) || Called.is(Op::index_copy_) ||
                   Called.is(Op::masked_fill_) || Called.is(Op::scatter_);
      if (Gives)
        Target = isa<CXXMemberCallExpr>(Call) ? objectOf(Call)
                 : Call->getNumArgs() >= 1    ? Call->getArg(0)
                                              : nullptr;
    }
    const Expr *Root = Target ? stripViews(Target) : nullptr;
    return Root && fieldOfThis(Root) == Field ? Root : nullptr;
  }

  // prepare(x), which writes it whatever happens.
  bool isWrittenBy(const CallExpr *Call) const {
    const FunctionDecl *Definition =
        isThis(objectOf(Call)) ? visibleDefinition(calleeOf(Call)) : nullptr;
    const auto *Body = Definition ? dyn_cast<CompoundStmt>(Definition->getBody()) : nullptr;
    return Body && llvm::any_of(Body->body(), [&](const Stmt *S) {
             const auto *E = dyn_cast<Expr>(S);
             return E && written(stripValue(E));
           });
  }

  bool isWrittenBefore(const FunctionDecl *Function, const Stmt *Place, unsigned Depth) {
    auto OnStatement = [&](const Stmt *S) {
      const auto *Call = dyn_cast<CallExpr>(S);
      return written(S) || (Call && isWrittenBy(Call)) ? Effect::Establishes : Effect::None;
    };
    auto Never = [](const Expr *, bool) { return false; };
    if (Guards.holdsAt(Function, Place, Never, OnStatement).Holds)
      return true;
    // By all who call it on the way from forward.
    bool Called = false;
    if (Depth > 3)
      return false;
    for (const auto &Reached : Forward) {
      const FunctionDecl *Caller = Reached.first;
      bool Bare = anyDescendant<CallExpr>(Caller->getBody(), [&](const CallExpr *Call) {
        bool Calls = visibleDefinition(calleeOf(Call)) == Function;
        Called |= Calls;
        return Calls && !isWrittenBefore(Caller, Call, Depth + 1);
      });
      if (Bare)
        return false;
    }
    return Called && Forward.lookup(Function) != nullptr;
  }

  const FieldDecl *Field;
  const Reach &Forward;
  PathGuards Guards;
};

} // namespace

bool isScratch(const FieldDecl *Field, const Reach &Forward, ControlFlowGraphs &Graphs) {
  return ScratchQuestion(Field, Forward, Graphs).isScratch();
}

} // namespace torchtidy
