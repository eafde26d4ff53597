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

bool isNumber(QualType Type) { return Type->isArithmeticType() || Type->isEnumeralType(); }

class Mention {
public:
  Mention(const VarDecl *Variable, ASTContext &Context) : Variable(Variable), Context(Context) {}

  bool isHarmless(const Expr *Ref) const {
    const Expr *E = Ref; // the tensor, a view of it, or a list of them
    for (const Stmt *Above = parentStmt(E, Context); Above; Above = parentStmt(E, Context)) {
      const auto *Outer = dyn_cast<Expr>(Above);
      if (!Outer)
        return isHarmlessIn(E, Above);
      if (isa<LambdaExpr>(Outer))
        return true; // captured; what is done with it stands in the body
      if (Outer->isTypeDependent() || keeps(Outer))
        return false;
      if (const auto *Call = dyn_cast<CallExpr>(Outer)) {
        Effect Is = effectOf(Call, E);
        if (Is != Effect::View)
          return Is == Effect::None;
      }
      E = Outer;
    }
    return false;
  }

private:
  enum class Effect { None, View, Change };

  // An address, an assignment by the language, an object that may refer to it.
  static bool keeps(const Expr *Outer) {
    if (const auto *Unary = dyn_cast<UnaryOperator>(Outer))
      return Unary->getOpcode() == UO_AddrOf;
    if (const auto *Binary = dyn_cast<BinaryOperator>(Outer))
      return Binary->isAssignmentOp();
    if (!isa<CXXConstructExpr, InitListExpr>(Outer) || isTensorType(Outer->getType()))
      return false;
    const CXXRecordDecl *Made = Outer->getType()->getAsCXXRecordDecl();
    static constexpr llvm::StringLiteral Lists[] = {"ArrayRef", "IListRef"};
    return Made && !isStdDecl(Made) &&
           !(isLibTorchDecl(Made) && llvm::is_contained(Lists, nameOf(Made)));
  }

  // `return x;` hands it on; a name for more than a number keeps it.
  static bool isHarmlessIn(const Expr *E, const Stmt *Above) {
    if (isa<ReturnStmt>(Above))
      return true;
    if (asModelRun(stripValue(E)))
      return false; // run for what it does to its argument
    return isa<CompoundStmt, IfStmt>(Above) || isNumber(E->getType());
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
    if (isLossRun(Call))
      return Effect::None;
    if (auto Run = asModelRun(Call)) // ReLU(inplace) gives its argument back
      return worksInPlace(layerOf(moduleOf(Run->Model->getType()))) || isAlone(Call) ? Effect::View
                                                                                     : Effect::None;
    if (isPrinted(Call))
      return Effect::None;
    if (!Callee || !isLibTorchDecl(Callee))
      return Effect::Change;
    Operation Called = operationOf(Call);
    if (Called.IsOut || Called.isInPlace() || Called.writesValues() || Called.has(SetsProperty) ||
        mentionsInplace(Call))
      return Effect::Change;
    QualType Result = Call->getType();
    if (!holdsTensors(Result))
      return Called && (Result->isVoidType() || isNumber(Result) || isSizes(Call)) ? Effect::None
                                                                                   : Effect::Change;
    if (asOperator(Call, OO_Subscript) || Called.mayView() || Called.Gives == ResultKind::Self)
      return Effect::View;
    return Called || isa<CXXOperatorCallExpr>(Call) ? Effect::None : Effect::Change;
  }

  bool isAlone(const CallExpr *Call) const { return isStatement(Call, Context); }

  // `std::cout << x`
  static bool isPrinted(const CallExpr *Call) {
    const CXXOperatorCallExpr *Shift = asOperator(Call, OO_LessLess);
    return Shift &&
           isStdNamed(Shift->getArg(0)->getType()->getAsCXXRecordDecl(), {"basic_ostream"});
  }

  // `x.sizes()`, `x.options()`
  static bool isSizes(const CallExpr *Call) {
    return operationOf(Call).Gives == ResultKind::Host && !Call->getType()->isPointerType();
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
