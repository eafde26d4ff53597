#include "model/syntax/Initialisers.h"
#include "model/syntax/Places.h"

using namespace clang;

namespace torchtidy {

// Longer chains of names are not written by hand; two that lead to each other have no end.
static constexpr unsigned MaxSteps = 12;

const Expr *initialiserOf(const VarDecl *Variable) {
  if (!Variable || isa<ParmVarDecl>(Variable) || !Variable->getInit())
    return nullptr;
  const Expr *Init = stripValue(Variable->getInit());
  return namedVariable(Init) == Variable ? nullptr : Init;
}

const Expr *initialiserOf(const Expr *E) { return initialiserOf(namedVariable(E)); }

const Expr *followInitialiser(const Expr *E,
                              llvm::function_ref<const Expr *(const VarDecl *)> Value) {
  E = stripValue(E);
  for (unsigned Steps = 0; Steps < MaxSteps; ++Steps) {
    const VarDecl *Variable = namedVariable(E);
    const Expr *Next = Variable ? Value(Variable) : nullptr;
    if (!Next)
      break;
    E = stripValue(Next);
  }
  return E;
}

} // namespace torchtidy
