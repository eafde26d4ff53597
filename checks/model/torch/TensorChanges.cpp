#include "model/torch/TensorChanges.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Assignments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Places.h"
#include "model/syntax/Walk.h"
#include "model/torch/Layers.h"
#include "model/torch/ModelRuns.h"
#include "model/torch/Operations.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool mentionsInplace(const CallExpr *Call) {
  return anyDescendant<CXXMemberCallExpr>(
      Call, [](const CXXMemberCallExpr *Option) { return calleeName(Option) == "inplace"; });
}

// It has an option that says so.
bool worksInPlace(Layer L) { return isActivationLayer(L) || familyOf(L) == LayerFamily::Dropout; }

class Mention {
public:
  Mention(const VarDecl *Variable, ASTContext &Context) : Variable(Variable), Context(Context) {}

  bool isHarmless(const Expr *Ref) const {
    const Expr *E = Ref; // the tensor or a view of it
    for (const Stmt *Above = parentStmt(E, Context); Above; Above = parentStmt(E, Context)) {
      const auto *Outer = dyn_cast<Expr>(Above);
      if (!Outer)
        return isHarmlessIn(E, Above);
      if (isa<LambdaExpr>(Outer))
        return true; // captured; what is done with it stands in the body
      if (const auto *Call = dyn_cast<CallExpr>(Outer)) {
        Effect Is = effectOf(Call, E);
        if (Is != Effect::View)
          return Is == Effect::None;
      } else if (const auto *Unary = dyn_cast<UnaryOperator>(Outer);
                 Unary && Unary->getOpcode() == UO_AddrOf) {
        return false;
      }
      E = Outer;
    }
    return false;
  }

private:
  enum class Effect { None, View, Change };

  // `return x;` hands it on; everything else that takes a tensor keeps it.
  bool isHarmlessIn(const Expr *E, const Stmt *Above) const {
    bool IsRunForEffect = asModelRun(stripValue(E)) && !isa<ReturnStmt>(Above);
    return !IsRunForEffect &&
           (isa<ReturnStmt, CompoundStmt, IfStmt>(Above) || !holdsTensors(E->getType()));
  }

  Effect effectOf(const CallExpr *Call, const Expr *E) const {
    const FunctionDecl *Callee = calleeOf(Call);
    if (std::optional<Assignment> Change = asAssignment(Call)) {
      bool IsTarget = contains(Change->Target, E);
      if (IsTarget)
        return !Change->IsCompound && namedVariable(Change->Target) == Variable ? Effect::None
                                                                                : Effect::Change;
      bool IsOwn = namedVariable(Change->Target) == Variable;
      return IsOwn || !holdsTensors(E->getType()) ? Effect::None : Effect::Change;
    }
    if (auto Run = asModelRun(Call)) // ReLU(inplace) gives its argument back
      return worksInPlace(layerOf(moduleOf(Run->Model->getType()))) ? Effect::View : Effect::None;
    if (!Callee || !isLibTorchDecl(Callee))
      return isa<CXXOperatorCallExpr>(Call) ? Effect::None : Effect::Change; // std::cout << x
    Operation Called = operationOf(Call);
    if (Called.IsOut || Called.isInPlace() || Called.writesValues() || Called.has(SetsProperty) ||
        mentionsInplace(Call))
      return Effect::Change;
    QualType Result = Call->getType();
    if (!holdsTensors(Result))
      return Result->isPointerType() || Result->isRecordType() ? Effect::Change : Effect::None;
    if (asOperator(Call, OO_Subscript) || Called.mayView() || Called.Gives == ResultKind::Self)
      return Effect::View;
    return Called || isa<CXXOperatorCallExpr>(Call) ? Effect::None : Effect::Change;
  }

  const VarDecl *Variable;
  ASTContext &Context;
};

} // namespace

bool mayChangeInPlace(const VarDecl *Variable, ASTContext &Context) {
  const auto *Function = dyn_cast<FunctionDecl>(Variable->getDeclContext());
  Mention Each(Variable, Context);
  return !Function || anyDescendant<DeclRefExpr>(Function->getBody(), [&](const DeclRefExpr *Ref) {
    return Ref->getDecl() == Variable && !Each.isHarmless(Ref);
  });
}

} // namespace torchtidy
