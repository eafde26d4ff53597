#include "model/tensors/DeadStores.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"

using namespace clang;

namespace torchtidy {

namespace {

class StoreQuestion {
public:
  StoreQuestion(const FieldDecl *Field, const Reach &Forward, ControlFlowGraphs &Graphs)
      : Field(Field), Forward(Forward), Graphs(Graphs) {}

  bool outlives(const Expr *Store, const FunctionDecl *Function, unsigned Depth) {
    const FunctionPaths *Paths = Graphs.of(Function);
    if (!Paths || !Paths->placeOf(Store))
      return true; // in a lambda, which runs at another time
    if (!Paths->exitAfter(Store, [&](const Stmt *S) { return S != Store && replaces(S); }).Reached)
      return false;
    auto Entry = Forward.find(Function);
    if (Depth > 4 || Entry == Forward.end() || !Entry->second)
      return true; // an entry point
    return llvm::any_of(Forward, [&](const auto &Caller) {
      return anyDescendant<CallExpr>(Caller.first->getBody(), [&](const CallExpr *Call) {
        return Caller.first != Function && visibleDefinition(calleeOf(Call)) == Function &&
               outlives(Call, Caller.first, Depth + 1);
      });
    });
  }

private:
  // m = other; m.clear(); m.reset(); a helper of the class that does so whatever happens.
  bool replaces(const Stmt *S) const {
    if (isReplacement(S))
      return true;
    const FunctionDecl *Definition = isThis(objectOf(S)) ? visibleDefinition(calleeOf(S)) : nullptr;
    const auto *Body = Definition ? dyn_cast<CompoundStmt>(Definition->getBody()) : nullptr;
    return Body && llvm::any_of(Body->body(), [&](const Stmt *Inner) {
             const auto *E = dyn_cast<Expr>(Inner);
             return E && isReplacement(stripValue(E));
           });
  }

  bool isReplacement(const Stmt *S) const {
    if (auto Assign = asPlainAssignment(S))
      return fieldOfThis(Assign->Target) == Field && !mentions(Assign->Value, Field);
    return isa<CXXMemberCallExpr>(S) && fieldOfThis(objectOf(S)) == Field &&
           llvm::is_contained({"clear", "reset"}, calleeName(S));
  }

  const FieldDecl *Field;
  const Reach &Forward;
  ControlFlowGraphs &Graphs;
};

} // namespace

bool outlivesCall(const Expr *Store, const FieldDecl *Field, const FunctionDecl *Function,
                  const Reach &Forward, ControlFlowGraphs &Graphs) {
  return StoreQuestion(Field, Forward, Graphs).outlives(Store, Function, 0);
}

} // namespace torchtidy
