#include "model/training/FunctionalDropouts.h"
#include "model/facts/ForwardReach.h"
#include "model/syntax/Arguments.h"
#include "model/syntax/Callee.h"
#include "model/syntax/Enclosing.h"
#include "model/syntax/Initialisers.h"
#include "model/syntax/Literals.h"
#include "model/syntax/Walk.h"
#include "model/torch/Names.h"
#include "model/torch/Types.h"

using namespace clang;

namespace torchtidy {

namespace {

bool isOptions(QualType Type) {
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  return isLibTorchDecl(Record) && nameOf(Record).ends_with("FuncOptions");
}

// Setters of options, `o.p(0.5).training(true)`, without the object that they are called on.
const Expr *objectOfSetters(const Expr *E,
                            llvm::function_ref<void(const CXXMemberCallExpr *)> Each) {
  E = stripCasts(E);
  while (const auto *Setter = dyn_cast<CXXMemberCallExpr>(E)) {
    const Expr *Object = objectOf(Setter);
    if (!Object || !isOptions(Object->getType()))
      break;
    Each(Setter);
    E = stripCasts(Object);
  }
  return E;
}

class OptionsReader {
public:
  llvm::SmallVector<const Expr *, 1> P;
  const Expr *Told = nullptr;
  const VarDecl *Variable = nullptr;

  /// All that is set stands in view, and `training` is not given or `true`.
  bool read(const Expr *E) {
    const Expr *Object = objectOfSetters(E, [&](const CXXMemberCallExpr *Setter) { take(Setter); });
    if (const auto *Made = dyn_cast<CXXConstructExpr>(Object))
      return Known && writtenArguments(Made).empty();
    if (const auto *List = dyn_cast<InitListExpr>(Object))
      return Known && !List->getNumInits();
    const VarDecl *Named = namedVariable(Object);
    if (!Known || Variable || !Named || !Named->isLocalVarDecl() || !initialiserOf(Named))
      return false;
    Variable = Named;
    return readUses() && read(initialiserOf(Named));
  }

private:
  void take(const CXXMemberCallExpr *Setter) {
    llvm::ArrayRef<const Expr *> Arguments = writtenArguments(Setter);
    bool IsMode = calleeName(Setter) == "training", IsP = calleeName(Setter) == "p";
    if (!IsMode && !IsP)
      return;
    // `o.training()` may be assigned to.
    Known &= Arguments.size() == 1 && (IsP || boolLiteral(Arguments[0]) == true);
    if (Known && IsP)
      P.push_back(Arguments[0]);
    else if (Known && !Told)
      Told = Arguments[0];
  }

  // Setters, and LibTorch's functions, which take options by const reference. Anything else may
  // change them.
  bool readUses() {
    const FunctionDecl *Function = outOfLambda(dyn_cast<FunctionDecl>(Variable->getDeclContext()));
    if (!Function || !Function->getBody())
      return false;
    llvm::SmallPtrSet<const Expr *, 8> Understood;
    forEach<Stmt>(Function->getBody(), [&](const Stmt *S) {
      if (const auto *Setter = dyn_cast<CXXMemberCallExpr>(S)) {
        const Expr *Object = objectOf(Setter);
        if (!Object || !isOptions(Object->getType()))
          return;
        const Expr *Root = objectOfSetters(Setter, [](const CXXMemberCallExpr *) {});
        if (namedVariable(Root) == Variable && Understood.insert(Root).second)
          objectOfSetters(Setter, [&](const CXXMemberCallExpr *Each) { take(Each); });
      } else if (const auto *Lambda = dyn_cast<LambdaExpr>(S)) {
        // What the body does with it is seen there.
        for (auto [Capture, Init] : llvm::zip(Lambda->captures(), Lambda->capture_inits()))
          if (Capture.capturesVariable() && Capture.getCapturedVar() == Variable)
            Understood.insert(stripCasts(Init));
      } else if (const auto *Call = dyn_cast<CallExpr>(S); Call && isLibTorchDecl(calleeOf(Call))) {
        for (const Expr *Argument : writtenArguments(Call))
          Understood.insert(stripCasts(Argument));
      }
    });
    return Known && !anyDescendant<DeclRefExpr>(Function->getBody(), [&](const DeclRefExpr *Ref) {
             return Ref->getDecl() == Variable && !Understood.contains(Ref);
           });
  }

  bool Known = true;
};

std::optional<double> constant(const Expr *E, const ASTContext &Context) {
  if (std::optional<int64_t> Integer = integerConstant(E, Context))
    return double(*Integer);
  Expr::EvalResult Result;
  if (!E || E->isValueDependent() || !E->getType()->isRealFloatingType() ||
      !E->EvaluateAsRValue(Result, Context) || !Result.Val.isFloat())
    return std::nullopt;
  return Result.Val.getFloat().convertToDouble();
}

// Set by other members than constructors, or to 0: which it is in eval() is not seen.
bool mayBecomeZero(const FieldDecl *Field, const ProjectIndex &Index, const ASTContext &Context) {
  return llvm::any_of(Index.storesOf(Field), [&](const ProjectIndex::Store &Store) {
    return (Store.In && !isa<CXXConstructorDecl>(Store.In)) ||
           (Store.Value && constant(throughDefault(Store.Value), Context) == 0);
  });
}

// What is not seen may be 0 out of training: a parameter, what another function gives.
bool mayBeZero(const Expr *P, const ProjectIndex &Index, ModeGuards &Modes,
               const ASTContext &Context, unsigned Depth = 0) {
  if (std::optional<double> Value = constant(P, Context))
    return *Value == 0;
  if (!P || Depth > 3 || Modes.speaksOfMode(P))
    return true;
  return anyDescendant<Expr>(P, [&](const Expr *Part) {
    if (const auto *Call = dyn_cast<CallExpr>(Part))
      return !isa<CXXMemberCallExpr>(Call) && !isStdDecl(calleeOf(Call));
    const ValueDecl *D = isa<DeclRefExpr, MemberExpr>(Part) ? namedDecl(Part) : nullptr;
    if (const auto *Field = dyn_cast_or_null<FieldDecl>(D))
      return mayBecomeZero(Field, Index, Context);
    const auto *Var = dyn_cast_or_null<VarDecl>(D);
    return Var && (Var->hasGlobalStorage() || Index.storesOf(Var).size() > 1 ||
                   mayBeZero(initialiserOf(Var), Index, Modes, Context, Depth + 1));
  });
}

// Any call of a dropout in the class, before anything costs.
bool mentionsDropout(const CXXRecordDecl *Class) {
  auto InMethods = [](const CXXRecordDecl *Record) {
    return llvm::any_of(visibleMethods(Record), [](const CXXMethodDecl *Method) {
      return anyDescendant<CallExpr>(Method->getBody(), [](const CallExpr *Call) {
        return dropoutNamed(calleeName(Call)).has_value();
      });
    });
  };
  return InMethods(Class) || !Class->forallBases([&](const CXXRecordDecl *Base) {
    return isLibTorchDecl(Base) || !InMethods(Base);
  });
}

} // namespace

std::optional<FunctionalDropout> asFunctionalDropout(const CallExpr *Call) {
  const FunctionDecl *Callee = calleeOf(Call);
  std::optional<bool> IsOn = dropoutNamed(nameOf(Callee));
  if (!IsOn || !isLibTorchDecl(Callee) || isa<CXXMethodDecl>(Callee))
    return std::nullopt;
  FunctionalDropout Found{*IsOn ? FunctionalDropout::Default : FunctionalDropout::Never, Call};
  if (const Expr *Told = argumentFor(Call, 2)) { // (x, p, training)
    if (!Callee->getParamDecl(2)->getType()->isBooleanType() || boolLiteral(Told) != true)
      return std::nullopt;
    Found.Is = FunctionalDropout::Literal;
    Found.Told = Told;
    Found.P = {argumentFor(Call, 1)};
    return Found;
  }
  const Expr *Options = argumentFor(Call, 1);
  if (!Options || !isOptions(Callee->getParamDecl(1)->getType()))
    return std::nullopt;
  if (isa<CXXDefaultArgExpr>(Options))
    return Found;
  OptionsReader Reader;
  if (!Reader.read(Options))
    return std::nullopt;
  Found.Options = Options;
  Found.Variable = Reader.Variable;
  Found.Told = Reader.Told;
  Found.P = Reader.P;
  if (Found.Told)
    Found.Is = FunctionalDropout::Literal;
  return Found;
}

void forEachFunctionalDropout(
    const CXXRecordDecl *Class, llvm::function_ref<const ProjectIndex &()> Index,
    ControlFlowGraphs &Graphs,
    llvm::function_ref<void(const FunctionDecl *, const FunctionalDropout &)> Visit) {
  for (const DeclContext *Around = Class; Around; Around = Around->getParent())
    if (const auto *Named = dyn_cast<NamedDecl>(Around); drawsOnPurpose(nameOf(Named)))
      return;
  if (!mentionsDropout(Class))
    return;
  ASTContext &Context = Graphs.context();
  ModeGuards Modes(Index(), Graphs);
  auto IsOff = [&](const Expr *P) { return constant(P, Context) == 0; };
  auto MayBeOff = [&](const Expr *P) { return mayBeZero(P, Index(), Modes, Context); };
  for (const FunctionDecl *Function : Modes.runInBothModes(Class))
    forEach<CallExpr>(Function->getBody(), [&](const CallExpr *Call) {
      auto Found = asFunctionalDropout(Call);
      if (!Found)
        return;
      if (Found->Is == FunctionalDropout::Never) {
        if (llvm::none_of(Found->P, IsOff))
          Visit(Function, *Found);
        return;
      }
      // `if (is_training()) options.training(true);`
      bool IsToldThen = Found->Told && Found->Variable &&
                        Modes.isGuarded(enclosing<CXXMemberCallExpr>(Found->Told, Context));
      if (!IsToldThen && llvm::none_of(Found->P, MayBeOff) && !Modes.isGuarded(Call))
        Visit(Function, *Found);
    });
}

} // namespace torchtidy
