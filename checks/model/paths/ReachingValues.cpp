#include "model/paths/ReachingValues.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Walk.h"

using namespace clang;

namespace torchtidy {

llvm::SmallVector<const Expr *, 4> valuesFrom(const VarDecl *Variable, const Stmt *At,
                                              ControlFlowGraphs &Graphs,
                                              const ProjectIndex &Index) {
  llvm::SmallVector<const Expr *, 4> Values = Index.valuesOf(Variable);
  const auto *Function = dyn_cast_or_null<FunctionDecl>(Variable->getDeclContext());
  const FunctionPaths *Paths = Function && Values.size() > 1 ? Graphs.of(Function) : nullptr;
  if (!Paths || !Paths->placeOf(At))
    return Values;
  auto IsPlace = [&](const Stmt *S) { return S == At; };
  auto IsStore = [&](const Stmt *S) { return assigns(S, Variable); };
  llvm::SmallPtrSet<const Expr *, 4> Over; // gone before the place, and not given after it
  auto IsOver = [&](const Stmt *Store) {
    return Paths->placeOf(Store) && !Paths->findAfter(Store, IsPlace, IsStore);
  };
  // In the next round the initialiser makes another object.
  if (const Expr *Init = Variable->getInit(); Init && IsOver(stripValue(Init)))
    Over.insert(stripValue(Init));
  forEach<Expr>(Function->getBody(), [&](const Expr *E) {
    auto IsThis = [&](const Stmt *S) { return S == E; };
    auto Never = [](const Stmt *) { return false; };
    if (IsStore(E) && IsOver(E) && !Paths->findAfter(At, IsThis, Never))
      Over.insert(stripValue(asPlainAssignment(E)->Value));
  });
  llvm::erase_if(Values,
                 [&](const Expr *Value) { return Value && Over.contains(stripValue(Value)); });
  return Values;
}

} // namespace torchtidy
